# JSON with its types kept, which tcllib's json drops: to Tcl, 1 and "1" are one value.
#
# A value is a pair of tag and content: {object {KEY VALUE ...}}, {array {VALUE ...}}, {text BYTES}, {number DIGITS}, and
# {word true}. Lines are bytes, and so is text: the driver never asks what it means.

namespace eval json {
    variable token {"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][0-9.eE+-]*|true|false|null|[][{}:,]|[^ \t\r\n]}
    variable escapes {b \b f \f n \n r \r t \t}
}

proc json::parse {line} {
    variable token
    variable tokens [regexp -all -inline -- $token $line]
    variable at 0
    set value [value]
    if {$at != [llength $tokens]} { error "more than one JSON value" }
    return $value
}

proc json::next {} {
    variable tokens
    variable at
    if {$at >= [llength $tokens]} { error "JSON that ends too early" }
    set found [lindex $tokens $at]
    incr at
    return $found
}

proc json::peek {} {
    variable tokens
    variable at
    return [lindex $tokens $at]
}

proc json::value {} {
    set first [next]
    switch -glob -- $first {
        \{ { return [list object [members \} {
            set key [next]
            if {[next] ne ":"} { error "a JSON key without a value" }
            lappend items [unescaped $key] [value]
        }]] }
        \\\[ { return [list array [members \] { lappend items [value] }]] }
        {"*"} { return [list text [unescaped $first]] }
        true - false - null { return [list word $first] }
        -* - [0-9]* { return [list number $first] }
        default { error "no JSON: $first" }
    }
}

# What stands between two brackets; `each` reads one and appends it to `items`.
proc json::members {end each} {
    set items {}
    if {[peek] eq $end} { next; return $items }
    while 1 {
        eval $each
        set between [next]
        if {$between eq $end} { return $items }
        if {$between ne ","} { error "no JSON: $between" }
    }
}

proc json::unescaped {quoted} {
    variable escapes
    set inner [string range $quoted 1 end-1]
    if {[string first \\ $inner] < 0} { return $inner }
    set result ""
    set high 0
    foreach piece [regexp -all -inline {[^\\]+|\\u[0-9a-fA-F]{4}|\\.} $inner] {
        set kind [string index $piece 1]
        if {[string index $piece 0] ne "\\"} {
            append result $piece
        } elseif {$kind ne "u"} {
            append result [expr {[dict exists $escapes $kind] ? [dict get $escapes $kind] : $kind}]
        } else {
            scan [string range $piece 2 end] %x code
            if {$code >= 0xd800 && $code < 0xdc00} { set high $code; continue }
            if {$code >= 0xdc00 && $code < 0xe000} { set code [expr {0x10000 + (($high & 0x3ff) << 10) + ($code & 0x3ff)}] }
            append result [utf8 $code]
        }
    }
    return $result
}

proc json::utf8 {code} {
    if {$code < 0x80} { return [binary format c $code] }
    if {$code < 0x800} { return [binary format cc [expr {0xc0 | $code >> 6}] [expr {0x80 | $code & 63}]] }
    set last [list [expr {0x80 | $code >> 6 & 63}] [expr {0x80 | $code & 63}]]
    if {$code < 0x10000} { return [binary format cc2 [expr {0xe0 | $code >> 12}] $last] }
    return [binary format ccc2 [expr {0xf0 | $code >> 18}] [expr {0x80 | $code >> 12 & 63}] $last]
}

# A Tcl string in quotes.
proc json::quoted {text} {
    if {[regexp {^[ !#-\[\]-~]*$} $text]} { return "\"$text\"" }
    set result ""
    foreach char [split $text ""] {
        append result [expr {[regexp {[ !#-\[\]-~]} $char] ? $char : [format {\u%04x} [scan $char %c]]}]
    }
    return "\"$result\""
}

# An object of keys and of values that are JSON already.
proc json::object {members} {
    set items {}
    foreach {key value} $members { lappend items "[quoted $key]:$value" }
    return "{[join $items ,]}"
}
