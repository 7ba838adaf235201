#!/usr/bin/env tclsh
# Puts Tcl's socket command behind sockspec's wire.
#
# Requests come as JSON lines on standard input, replies leave on standard output. Tcl makes a socket when it connects or
# listens and never before: what socket() gives here is a promise of one, and of that nothing can be asked. connect() is
# `socket HOST PORT`, bind() is `socket -server ... PORT`, by which Tcl binds and listens at once; accept() waits for the
# event that Tcl accepts by, recv() for the one that there is something to read. Names, datagrams, paths, options and numbers
# of files have no counterpart. Every value is a string in Tcl; the numbers and texts of the wire are told by their tags.

source [file join [file dirname [file normalize [info script]]] json.tcl]

# Tcl cannot point its standard output elsewhere. Nothing that is called here writes to it.
fconfigure stdin -translation binary
fconfigure stdout -translation binary -buffering full

# The words that `socket` understands without naming them, and of errors those names that a socket may meet. Tcl tells the
# names alone; the numbers are the system's.
set constants {
    AF_INET 2 AF_INET6 10 SOCK_STREAM 1
    EPERM 1 ENOENT 2 EINTR 4 EIO 5 ENXIO 6 EBADF 9 EAGAIN 11 ENOMEM 12 EACCES 13 EFAULT 14 ENOTDIR 20 EINVAL 22 EMFILE 24
    EPIPE 32 ENAMETOOLONG 36 ENOTSOCK 88 EDESTADDRREQ 89 EMSGSIZE 90 EPROTOTYPE 91 ENOPROTOOPT 92 EPROTONOSUPPORT 93
    EOPNOTSUPP 95 EAFNOSUPPORT 97 EADDRINUSE 98 EADDRNOTAVAIL 99 ENETDOWN 100 ENETUNREACH 101 ECONNABORTED 103
    ECONNRESET 104 ENOBUFS 105 EISCONN 106 ENOTCONN 107 ETIMEDOUT 110 ECONNREFUSED 111 EHOSTUNREACH 113 EALREADY 114
    EINPROGRESS 115
}

# Sockets by number, each a dictionary: channel ("" while there is none), server, blocking. Whoever came to one and was not
# accepted yet waits in `waiting`.
array set sockets {}
array set waiting {}
set last 0
set woken 0

# Replies that are no outcome of the call.
proc refuse {kind text} { return -code error -errorcode [list SOCKSPEC $kind] $text }

proc constant {names} {
    global constants
    set result 0
    foreach name [split $names |] {
        if {![dict exists $constants $name]} { refuse unsupported "Tcl has no constant $name" }
        set result [expr {$result | [dict get $constants $name]}]
    }
    return $result
}

# A value of the wire as tag and content: word, number, text, tuple, list, float, object.
proc decode {value} {
    lassign $value kind content
    if {$kind eq "array"} { refuse fault "no value" }
    if {$kind ne "object"} { return $value }
    if {[dict exists $content object]} { return [list object [object $value]] }
    lassign $content tag inner
    set inner [lindex $inner 1]
    switch -- $tag {
        tuple - list { return [list $tag [lmap item $inner { decode $item }]] }
        bytes - str { return [list text [binary decode hex $inner]] }
        int { return [list number $inner] }
        float { return [list float $inner] }
        const { return [list number [constant $inner]] }
    }
    refuse fault "no value has the tag $tag"
}

proc encode {value} {
    lassign $value tag content
    switch -- $tag {
        word { return $content }
        number { return [expr {abs($content) <= 2**53 ? $content : [json::object [list int [json::quoted $content]]]}] }
        text {
            if {[regexp {^[ -~]*$} $content]} { return [json::quoted $content] }
            return [json::object [list bytes [json::quoted [binary encode hex $content]]]]
        }
        float { return [json::object [list float [json::quoted $content]]] }
        object { return [json::object [list object $content kind {"socket"}]] }
    }
    return [json::object [list $tag "\[[join [lmap item $content { encode $item }] ,]\]"]]
}

proc none {} { return {word null} }

proc object {reference} {
    global sockets
    set number [lindex [dict get [lindex $reference 1] object] 1]
    if {![info exists sockets($number)]} { refuse fault "no object has the number $number since the last reset" }
    return $number
}

proc keep {channel server} {
    global sockets last
    incr last
    set sockets($last) [dict create channel $channel server $server blocking 1]
    return $last
}

# Arguments. Tcl itself would take any string for a number that looks like one.
proc text {value} {
    if {[lindex $value 0] ne "text"} { refuse inexpressible "text is wanted" }
    return [lindex $value 1]
}

proc number {value} {
    if {[lindex $value 0] ne "number"} { refuse inexpressible "a number is wanted" }
    return [lindex $value 1]
}

# Host and port, as the words of the command.
proc address {value} {
    lassign $value tag items
    if {$tag ne "tuple" || [llength $items] != 2} { refuse inexpressible "socket takes a host and a port" }
    lassign $items host port
    return [list [encoding convertfrom utf-8 [text $host]] [number $port]]
}

# An address, as -sockname and -peername tell it: with the host's name, which nobody asked for.
proc told {address} {
    lassign $address host name port
    return [list tuple [list [list text $host] [list number $port]]]
}

# The channel of a socket that is one.
proc channel {number {wanted any}} {
    global sockets
    set socket $sockets($number)
    if {[dict get $socket channel] eq ""} { refuse inexpressible "Tcl has no socket that neither listens nor is connected" }
    if {$wanted ne "any" && [dict get $socket server] != ($wanted eq "server")} {
        refuse inexpressible "in Tcl that is for a $wanted alone"
    }
    return [dict get $socket channel]
}

proc came {number channel host port} {
    global waiting woken
    fconfigure $channel -translation binary -buffering none
    lappend waiting($number) [list $channel $host $port]
    incr woken
}

proc serve {number args} {
    global sockets
    dict set sockets($number) channel [socket -server [list came $number] {*}$args]
    dict set sockets($number) server 1
    return [none]
}

# Waits for what can be read, and takes it, as an event's handler would.
proc readable {channel} {
    global woken
    fileevent $channel readable { incr woken }
    vwait woken
    fileevent $channel readable {}
}

proc receive {channel size} {
    fconfigure $channel -blocking 0
    # Woken by something else, it waits on.
    while 1 {
        readable $channel
        set data [read $channel $size]
        if {$data ne "" || $size == 0 || [eof $channel]} break
    }
    fconfigure $channel -blocking 1
    return $data
}

proc next_connection {number} {
    global waiting
    while {![info exists waiting($number)] || ![llength $waiting($number)]} { vwait woken }
    set waiting($number) [lassign $waiting($number) first]
    return $first
}

# Each with the numbers of arguments that it takes.
set functions {
    gethostname {0 0 {} { list text [encoding convertto utf-8 [info hostname]] }}
    socket {2 3 {family type {protocol {number 0}}} {
        if {[number $family] ni {2 10} || [number $type] != 1 || [number $protocol] ni {0 6}} {
            refuse unsupported "Tcl has sockets of TCP alone"
        }
        list object [keep "" 0]
    }}
}

set methods {
    accept {0 0 {s} {
        channel $s server
        lassign [next_connection $s] channel host port
        list tuple [list [list object [keep $channel 0]] [list tuple [list [list text $host] [list number $port]]]]
    }}
    bind {1 1 {s to} {
        if {[dict get $::sockets($s) channel] ne ""} { refuse inexpressible "a channel is bound when it is made" }
        lassign [address $to] host port
        serve $s -myaddr $host $port
    }}
    close {0 0 {s} {
        close [channel $s]
        none
    }}
    connect {1 1 {s to} {
        if {[dict get $::sockets($s) channel] ne ""} { refuse inexpressible "a channel is connected when it is made" }
        set blocking [dict get $::sockets($s) blocking]
        # What does not wait is -async in Tcl.
        set made [socket {*}[expr {$blocking ? {} : "-async"}] {*}[address $to]]
        fconfigure $made -translation binary -buffering none -blocking $blocking
        dict set ::sockets($s) channel $made
        none
    }}
    getpeername {0 0 {s} { told [fconfigure [channel $s] -peername] }}
    getsockname {0 0 {s} { told [fconfigure [channel $s] -sockname] }}
    listen {1 1 {s backlog} {
        number $backlog
        # Without an address it is bound to any; with one it listens since it was bound, and takes no backlog.
        if {[dict get $::sockets($s) channel] eq ""} { serve $s 0 } else { channel $s server; none }
    }}
    recv {1 1 {s size} {
        set channel [channel $s client]
        if {[dict get $::sockets($s) blocking]} { return [list text [receive $channel [number $size]]] }
        set data [read $channel [number $size]]
        # Nothing yet is no text of no length.
        if {$data eq "" && [fblocked $channel]} none else { list text $data }
    }}
    send {1 1 {s data} {
        # It takes everything, or it raises.
        puts -nonewline [channel $s client] [text $data]
        list number [string length [text $data]]
    }}
    sendall {1 1 {s data} {
        puts -nonewline [channel $s client] [text $data]
        none
    }}
    setblocking {1 1 {s flag} {
        set flag [expr {[number $flag] != 0}]
        set channel [dict get $::sockets($s) channel]
        if {$channel ne ""} { fconfigure [channel $s client] -blocking $flag }
        dict set ::sockets($s) blocking $flag
        none
    }}
    shutdown {1 1 {s how} {
        set how [number $how]
        if {$how ni {0 1}} { refuse inexpressible "a channel is closed for reading or for writing" }
        close [channel $s client] [lindex {read write} $how]
        none
    }}
}

proc call {request} {
    global functions methods
    if {[dict exists $request named] && [lindex [dict get $request named] 1] ne ""} {
        refuse inexpressible "these have no arguments by keyword"
    }
    set on {}
    set known $functions
    if {[dict exists $request on]} {
        set on [list [object [dict get $request on]]]
        set known $methods
    }
    set name [lindex [dict get $request name] 1]
    set args [lmap item [lindex [dict get $request args] 1] { decode $item }]
    if {![dict exists $known $name]} { refuse unsupported "Tcl has no $name" }
    lassign [dict get $known $name] least most parameters body
    if {[llength $args] < $least || [llength $args] > $most} { refuse inexpressible "$name takes another number of arguments" }
    return [list returned [encode [apply [list $parameters $body] {*}$on {*}$args]]]
}

# Work for benchmarks: Tcl's own channels many times over. A server echoes as a channel's handler would.
proc echo {number connections size} {
    set channels {}
    while {[llength $channels] < $connections} { lappend channels [lindex [next_connection $number] 0] }
    while 1 {
        foreach channel $channels {
            set data [receive $channel $size]
            if {$data eq ""} { return }
            puts -nonewline $channel $data
        }
    }
}

proc ask {channels size} {
    set message [string repeat x $size]
    foreach channel $channels { puts -nonewline $channel $message }
    # That many bytes and no fewer are what read waits for.
    foreach channel $channels {
        if {[string length [read $channel $size]] < $size} { error "the server is gone" }
    }
}

proc nanoseconds {since} { expr {([clock microseconds] - $since) * 1000} }

proc work {request} {
    set plain [dict map {key value} $request { lindex $value 1 }]
    set start [clock microseconds]
    if {[dict exists $request on]} {
        set number [object [dict get $request on]]
        channel $number server
        echo $number [dict get $plain connections] [dict get $plain buffer]
    } elseif {[dict exists $request message]} {
        set channels [lmap item [dict get $plain args] { channel [object $item] client }]
        set took {}
        for {set left [dict get $plain times]} {$left > 0} {incr left -1} {
            set start [clock microseconds]
            ask $channels [dict get $plain message]
            lappend took [nanoseconds $start]
        }
        return [list took "\[[join $took ,]\]"]
    } elseif {[dict exists $request name]} {
        refuse unsupported "Tcl resolves no names"
    } else {
        for {set left [dict get $plain times]} {$left > 0} {incr left -1} {}
    }
    return [list took "\[[nanoseconds $start]\]"]
}

proc reset {} {
    global sockets waiting last
    foreach {number socket} [array get sockets] { catch { close [dict get $socket channel] } }
    foreach {number channels} [array get waiting] {
        foreach channel $channels { catch { close [lindex $channel 0] } }
    }
    array unset sockets
    array unset waiting
    set last 0
}

proc hello {protocol} {
    global constants tcl_platform
    if {$protocol != 1} { refuse fault "this driver speaks protocol 1" }
    return [json::object [list protocol 1 name {"Tcl"} version [json::quoted [info patchlevel]] edition {"2.2"} strings {"one"} \
        platform [json::quoted "$tcl_platform(os) $tcl_platform(machine)"] constants [json::object $constants] capabilities {[]}]]
}

proc operate {request} {
    set op [lindex [dict get $request op] 1]
    switch -- $op {
        hello { return [list hello [hello [lindex [dict get $request protocol] 1]]] }
        call { return [call $request] }
        work { return [work $request] }
        get { refuse unsupported "Tcl's socket command takes words, and has no numbers for them" }
        forget {
            object [dict get $request on]
            refuse unsupported "a channel of Tcl stays open until it is closed"
        }
        reset { reset; return {reset true} }
        ping { return {pong true} }
        echo { return [list returned [encode [decode [dict get $request value]]]] }
    }
    refuse fault "no operation is called $op"
}

# A Tcl error: where the system refused, the number of its name and the text that Tcl has for it.
proc raised {message code} {
    global constants
    set args [list [json::quoted $message]]
    if {[lindex $code 0] eq "POSIX" && [dict exists $constants [lindex $code 1]]} {
        set args [list [dict get $constants [lindex $code 1]] [json::quoted [lindex $code 2]]]
    }
    set classes "\[\"error\",[json::quoted [join [lrange $code 0 1] .]]\]"
    return [list raised [json::object [list classes $classes args "\[[join $args ,]\]" text [json::quoted $message]]]]
}

while {[gets stdin line] >= 0} {
    set id null
    set calling 0
    try {
        set request [lindex [json::parse $line] 1]
        set id [lindex [dict get $request id] 1]
        set calling [expr {[lindex [dict get $request op] 1] in {call work}}]
        set reply [operate $request]
    } trap SOCKSPEC {message options} {
        set reply [list [lindex [dict get $options -errorcode] 1] [json::quoted $message]]
    } on error {message options} {
        if {$calling} {
            set reply [raised $message [dict get $options -errorcode]]
        } else {
            set reply [list fault [json::quoted $message]]
        }
    }
    puts [json::object [list id $id {*}$reply]]
    flush stdout
}
