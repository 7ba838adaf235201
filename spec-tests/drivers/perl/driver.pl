#!/usr/bin/env perl
# Puts Perl's socket functions and its Socket module behind sockspec's wire.
#
# Requests come as JSON lines on standard input, replies leave on standard output. Perl has one string type, and packs
# addresses: a tuple becomes a sockaddr by Socket's pack_ functions, as every caller writes it. What Perl does by pack() and
# not by a function (htons) is unsupported; a scalar is text and number at once, so either is told by how it came.
use strict;
use warnings;
use B ();
use Config;
use Errno ();
use JSON::PP ();
use Socket qw(:all);
use Sys::Hostname ();
use Time::HiRes ();

open(my $requests, '<&', \*STDIN) or die "standard input: $!";
open(my $replies, '>&', \*STDOUT) or die "standard output: $!";
open(STDIN, '<', '/dev/null') or die "/dev/null: $!";
open(STDOUT, '>&', \*STDERR) or die "standard error: $!";
binmode($_) for $requests, $replies;
$replies->autoflush(1) if require IO::Handle;
$SIG{PIPE} = 'IGNORE';

my $json = JSON::PP->new->utf8->allow_nonref->allow_bignum(0)->max_depth(200)->ascii;
my (%constants, %objects, $last);
for my $name (@Socket::EXPORT, @Socket::EXPORT_OK) {
    next unless $name =~ /^(?:AF|SOCK|SOL|SO|MSG|IPPROTO|IP|IPV6|EAI|AI|NI)_|^SOMAXCONN$/;
    my $number = eval { no strict 'refs'; &{"Socket::$name"}() };
    $constants{$name} = $number + 0 if defined $number && $number =~ /^-?\d+$/;
}
$constants{$_} = Errno->can($_)->() + 0 for grep { /^E[A-Z0-9]+$/ } keys %!;
# INADDR_ANY and its like are packed addresses in Perl, and no numbers.

# Replies that are no outcome are thrown as {kind, text}.
sub refuse { die { kind => $_[0], text => $_[1] } }
# So are exceptions: the class, its number where there is one, its text.
sub raise { die { classes => $_[0], args => $_[1], text => $_[2] } }
sub fail { raise(['error'], [num($!+0), text("$!")], "$!") }
# $? has the number of h_errno, and nothing has its text.
sub fail_h { raise(['herror', 'error'], [num($?)], "h_errno $?") }
sub fail_eai { my $why = shift; raise(['gaierror', 'error'], [num($why+0), text("$why")], "$why") }

# Values are [tag, content]: text, int, none, truth, tuple, list, float, object.
sub text { [text => $_[0]] }
sub num { [int => $_[0]] }
sub none { ['none'] }

sub constant {
    my $result = 0;
    for my $name (split /\|/, $_[0]) {
        refuse('unsupported', "Perl has no constant $name") unless exists $constants{$name};
        # A negative one stands alone: or-ed it would become a large positive one.
        $result = $result ? $result | $constants{$name} : $constants{$name};
    }
    return num($result);
}

sub decode {
    my $value = shift;
    return none() unless defined $value;
    if (JSON::PP::is_bool($value)) { return [truth => $value] }
    if (!ref $value) {
        my $is_text = B::svref_2object(\$value)->FLAGS & B::SVf_POK;
        return num($value) unless $is_text;
        utf8::encode($value);
        return text($value);
    }
    refuse('fault', 'no value') unless ref $value eq 'HASH';
    if (exists $value->{object}) { object($value); return [object => $value->{object}] }
    my ($tag, $content) = %$value;
    return [$tag => [map { decode($_) } @$content]] if $tag eq 'tuple' || $tag eq 'list';
    return text(pack 'H*', $content) if $tag eq 'bytes' || $tag eq 'str';
    return [big => $content] if $tag eq 'int';
    return [float => $content] if $tag eq 'float';
    return constant($content) if $tag eq 'const';
    refuse('fault', "no value has the tag $tag");
}

sub encode {
    my ($tag, $content) = @{$_[0]};
    return undef if $tag eq 'none';
    return $content if $tag eq 'truth';
    return $content + 0 if $tag eq 'int';
    return { int => $content } if $tag eq 'big';
    return { $tag => [map { encode($_) } @$content] } if $tag eq 'tuple' || $tag eq 'list';
    return { float => $content } if $tag eq 'float';
    return { object => $content + 0, kind => 'socket' } if $tag eq 'object';
    my $copy = $content;
    return utf8::decode($copy) && $copy !~ /[\x{d800}-\x{dfff}]/ ? "$copy" : { str => unpack 'H*', $content };
}

sub object {
    my $number = $_[0]{object};
    return $objects{$number} || refuse('fault', "no object has the number $number since the last reset");
}

sub keep {
    my ($handle, $family) = @_;
    my $number = ++$last;
    $objects{$number} = { handle => $handle, family => $family };
    return [object => $number];
}

# Arguments.
sub str { my ($tag, $content) = @{$_[0]}; return $tag eq 'text' ? $content : refuse('inexpressible', 'text is wanted') }
sub int_ {
    my ($tag, $content) = @{$_[0] || num(0)};
    return $tag eq 'truth' ? ($content ? 1 : 0) : $tag eq 'int' ? $content : refuse('inexpressible', 'a number is wanted');
}
sub text_or_undef { $_[0][0] eq 'none' ? undef : str($_[0]) }

sub pack_address {
    my ($family, $value) = @_;
    return pack_sockaddr_un(str($value)) if $family == AF_UNIX;
    refuse('inexpressible', 'an address is a tuple') unless $value->[0] eq 'tuple';
    my ($host, $port, $flow, $scope, @more) = @{$value->[1]};
    refuse('inexpressible', 'an address is a host and a port') if !defined $port || @more;
    my $number = int_($port);
    # pack_sockaddr_in keeps the low half of whatever number it is given.
    if ($family == AF_INET) {
        refuse('inexpressible', 'pack_sockaddr_in takes a port and a host') if $flow;
        my $name = str($host);
        my $packed = $name eq '' ? INADDR_ANY : $name eq '<broadcast>' ? INADDR_BROADCAST : inet_aton($name);
        raise(['error'], [text('inet_aton returned undef')], 'inet_aton returned undef') unless defined $packed;
        return pack_sockaddr_in($number, $packed);
    }
    refuse('inexpressible', 'Socket packs no address of this family') unless $family == AF_INET6;
    my $packed = inet_pton(AF_INET6, str($host));
    if (!defined $packed) {
        my ($why, $first) = getaddrinfo(str($host), '', { family => AF_INET6, socktype => SOCK_STREAM });
        fail_eai($why) if $why;
        $packed = (unpack_sockaddr_in6($first->{addr}))[1];
    }
    return pack_sockaddr_in6($number, $packed, int_($scope), int_($flow));
}

sub unpack_address {
    my $packed = shift;
    return none() unless length $packed;
    my $family = sockaddr_family($packed);
    return text(length $packed > 2 ? unpack_sockaddr_un($packed) : '') if $family == AF_UNIX;
    if ($family == AF_INET) {
        my ($port, $host) = unpack_sockaddr_in($packed);
        return [tuple => [text(inet_ntoa($host)), num($port)]];
    }
    my ($port, $host, $scope, $flow) = unpack_sockaddr_in6($packed);
    return [tuple => [text(inet_ntop(AF_INET6, $host)), num($port), num($flow), num($scope)]];
}

sub entry {
    my ($name, $aliases, $family, $length, @addresses) = @_;
    my @texts = map { text(inet_ntop($family, $_)) } @addresses;
    return [tuple => [text($name), [list => [map { text($_) } split ' ', $aliases]], [list => \@texts]]];
}

# What getaddrinfo, getnameinfo and gethostbyaddr are asked.
sub lookup {
    my ($host, $port, @hints) = @_;
    my %hints;
    @hints{qw(family socktype protocol flags)} = map { int_($_) } @hints[0 .. 3];
    # The service is text in Perl, and its number in digits.
    return (text_or_undef($host), $port->[0] eq 'int' ? "$port->[1]" : text_or_undef($port), \%hints);
}
sub family_of { defined inet_pton(AF_INET, $_[0]) ? AF_INET : defined inet_pton(AF_INET6, $_[0]) ? AF_INET6 : 0 }
sub numeric {
    my ($address, $flags) = @_;
    refuse('inexpressible', 'an address is a tuple') unless $address->[0] eq 'tuple' && @{$address->[1]} >= 2;
    my $family = family_of(str($address->[1][0])) or refuse('inexpressible', 'a sockaddr holds an address, not a name');
    return (pack_address($family, $address), int_($flags));
}
sub packed {
    my $host = str($_[0]);
    my $family = family_of($host) or refuse('inexpressible', 'gethostbyaddr takes a packed address in Perl');
    return (inet_pton($family, $host), $family);
}

my %functions = (
    getaddrinfo => [2, 6, sub {
        my ($why, @found) = getaddrinfo(lookup(@_));
        fail_eai($why) if $why;
        return [list => [map {
            [tuple => [num($_->{family}), num($_->{socktype}), num($_->{protocol}), text($_->{canonname} // ''), unpack_address($_->{addr})]]
        } @found]];
    }],
    getnameinfo => [2, 2, sub {
        my ($why, $name, $service) = getnameinfo(numeric(@_));
        fail_eai($why) if $why;
        return [tuple => [text($name), text($service)]];
    }],
    gethostbyname => [1, 1, sub {
        my $packed = gethostbyname(str($_[0]));
        return defined $packed ? text(inet_ntoa($packed)) : fail_h();
    }],
    gethostbyname_ex => [1, 1, sub { my @found = gethostbyname(str($_[0])); return @found ? entry(@found) : fail_h() }],
    gethostbyaddr => [1, 1, sub {
        my ($packed, $family) = packed($_[0]);
        my @found = gethostbyaddr($packed, $family);
        return @found ? entry(@found) : fail_h();
    }],
    gethostname => [0, 0, sub { text(Sys::Hostname::hostname()) }],
    getservbyname => [2, 2, sub {
        my $port = getservbyname(str($_[0]), str($_[1]));
        return defined $port ? num($port) : raise(['error'], [text('getservbyname returned undef')], 'getservbyname returned undef');
    }],
    getprotobyname => [1, 1, sub {
        my $number = getprotobyname(str($_[0]));
        return defined $number ? num($number) : raise(['error'], [text('getprotobyname returned undef')], 'getprotobyname returned undef');
    }],
    inet_aton => [1, 1, sub {
        my $packed = inet_aton(str($_[0]));
        return defined $packed ? text($packed) : raise(['error'], [text('inet_aton returned undef')], 'inet_aton returned undef');
    }],
    inet_ntoa => [1, 1, sub { text(inet_ntoa(str($_[0]))) }],
    socket => [2, 3, sub {
        my $family = int_($_[0]);
        socket(my $handle, $family, int_($_[1]), int_($_[2])) or fail();
        return keep($handle, $family);
    }],
);

my %methods = (
    accept => [0, 0, sub {
        my $from = accept(my $handle, $_[0]{handle}) or fail();
        return [tuple => [keep($handle, $_[0]{family}), unpack_address($from)]];
    }],
    bind => [1, 1, sub { bind($_[0]{handle}, pack_address($_[0]{family}, $_[1])) or fail(); none() }],
    close => [0, 0, sub { close($_[0]{handle}) or fail(); none() }],
    connect => [1, 1, sub { connect($_[0]{handle}, pack_address($_[0]{family}, $_[1])) or fail(); none() }],
    connect_ex => [1, 1, sub { num(connect($_[0]{handle}, pack_address($_[0]{family}, $_[1])) ? 0 : $!+0) }],
    fileno => [0, 0, sub {
        my $number = fileno($_[0]{handle});
        return defined $number ? num($number) : fail();
    }],
    getpeername => [0, 0, sub { my $name = getpeername($_[0]{handle}); defined $name ? unpack_address($name) : fail() }],
    getsockname => [0, 0, sub { my $name = getsockname($_[0]{handle}); defined $name ? unpack_address($name) : fail() }],
    getsockopt => [2, 2, sub {
        my $packed = getsockopt($_[0]{handle}, int_($_[1]), int_($_[2]));
        return defined $packed ? num(unpack 'i', $packed) : fail();
    }],
    setsockopt => [3, 3, sub {
        my ($socket, $level, $option, $value) = @_;
        my $is_text = $value->[0] eq 'text';
        setsockopt($socket->{handle}, int_($level), int_($option), $is_text ? str($value) : int_($value)) or fail();
        none();
    }],
    listen => [1, 1, sub { listen($_[0]{handle}, int_($_[1])) or fail(); none() }],
    recv => [1, 2, sub {
        defined recv($_[0]{handle}, my $data, int_($_[1]), int_($_[2])) or fail();
        return text($data);
    }],
    recvfrom => [1, 2, sub {
        defined(my $from = recv($_[0]{handle}, my $data, int_($_[1]), int_($_[2]))) or fail();
        return [tuple => [text($data), unpack_address($from)]];
    }],
    send => [1, 2, sub { my $sent = send($_[0]{handle}, str($_[1]), int_($_[2])); defined $sent ? num($sent) : fail() }],
    sendto => [2, 3, sub {
        my ($socket, $data, @rest) = @_;
        my $to = pack_address($socket->{family}, pop @rest);
        my $sent = send($socket->{handle}, str($data), int_($rest[0]), $to);
        return defined $sent ? num($sent) : fail();
    }],
    setblocking => [1, 1, sub { defined $_[0]{handle}->blocking(int_($_[1])) or fail(); none() }],
    shutdown => [1, 1, sub { shutdown($_[0]{handle}, int_($_[1])) or fail(); none() }],
);

sub call {
    my $request = shift;
    refuse('inexpressible', 'these have no arguments by keyword') if %{$request->{named} || {}};
    my @args = map { decode($_) } @{$request->{args}};
    my $on = $request->{on};
    my @on = $on ? object($on) : ();
    my $known = ($on ? \%methods : \%functions)->{$request->{name}} or refuse('unsupported', "Perl has no $request->{name}");
    my ($least, $most, $work) = @$known;
    refuse('inexpressible', "$request->{name} takes another number of arguments") if @args < $least || @args > $most;
    return { returned => encode($work->(@on, @args)) };
}

# Work for benchmarks: Perl's own functions many times over, with nothing of this driver inside the loops.
sub now { int(1e9 * Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC())) }

my %repeated = (
    getaddrinfo => sub { my @args = lookup(@_); sub { my @found = getaddrinfo($args[0], $args[1], $args[2]) } },
    getnameinfo => sub { my @args = numeric(@_); sub { my @found = getnameinfo($args[0], $args[1]) } },
    gethostbyname => sub { my $name = str($_[0]); sub { my $found = gethostbyname($name) } },
    gethostbyname_ex => sub { my $name = str($_[0]); sub { my @found = gethostbyname($name) } },
    gethostbyaddr => sub { my @args = packed($_[0]); sub { my @found = gethostbyaddr($args[0], $args[1]) } },
);

sub repeat {
    my ($request) = @_;
    my $once = sub { };
    if (defined(my $name = $request->{name})) {
        my $made = $repeated{$name} or refuse('unsupported', "$name is not measured");
        $once = $made->(map { decode($_) } @{$request->{args}});
    }
    my $start = now();
    $once->() for 1 .. $request->{times};
    return [now() - $start];
}

sub serve {
    my ($server, $connections, $size) = @_;
    my $start = now();
    if (!$connections) {
        while (1) {
            defined(my $from = recv($server, my $data, $size, 0)) or fail();
            return [now() - $start] unless length $data;
            defined send($server, $data, 0, $from) or fail();
        }
    }
    my @accepted = map { accept(my $handle, $server) or fail(); $handle } 1 .. $connections;
    while (1) {
        for my $each (@accepted) {
            defined recv($each, my $data, $size, 0) or fail();
            return [now() - $start] unless length $data;
            defined send($each, $data, 0) or fail();
        }
    }
}

sub ask {
    my ($clients, $size, $times) = @_;
    my ($message, @took) = 'x' x $size;
    for (1 .. $times) {
        my $start = now();
        for my $each (@$clients) {
            for (my $sent = 0; $sent < $size;) {
                $sent += send($each, $sent ? substr($message, $sent) : $message, 0) // fail();
            }
        }
        for my $each (@$clients) {
            for (my $missing = $size; $missing > 0;) {
                defined recv($each, my $data, $size, 0) or fail();
                length $data or raise(['EOFError'], [text('the server is gone')], 'the server is gone');
                $missing -= length $data;
            }
        }
        push @took, now() - $start;
    }
    return \@took;
}

sub work {
    my $request = shift;
    return serve(object($request->{on})->{handle}, @$request{qw(connections buffer)}) if $request->{on};
    return repeat($request) unless defined $request->{message};
    return ask([map { object($_)->{handle} } @{$request->{args}}], @$request{qw(message times)});
}

sub operate {
    my $request = shift;
    my $op = $request->{op};
    return { pong => JSON::PP::true } if $op eq 'ping';
    return { returned => encode(decode($request->{value})) } if $op eq 'echo';
    return call($request) if $op eq 'call';
    return { took => work($request) } if $op eq 'work';
    if ($op eq 'get') {
        refuse('unsupported', "Perl's sockets have no attributes") if $request->{on};
        return { returned => encode(constant($request->{name})) };
    }
    if ($op eq 'forget') { # a handle that nothing refers to is closed
        object($request->{on});
        delete $objects{ $request->{on}{object} };
        return { returned => undef };
    }
    if ($op eq 'reset') {
        close $_->{handle} for values %objects;
        %objects = ();
        $last = 0;
        return { reset => JSON::PP::true };
    }
    refuse('fault', "no operation is called $op") unless $op eq 'hello';
    refuse('fault', 'this driver speaks protocol 1') unless $request->{protocol} == 1;
    return { hello => {
        protocol => 1, name => 'Perl', version => sprintf('%vd, Socket %s', $^V, $Socket::VERSION), edition => '2.2',
        strings => 'one', platform => $Config{archname}, constants => \%constants, capabilities => [],
    } };
}

while (my $line = <$requests>) {
    my $request = eval { $json->decode($line) };
    my $reply = eval { operate($request) };
    if (my $why = $@) {
        if (ref $why && $why->{kind}) { $reply = { $why->{kind} => $why->{text} } }
        # Perl's only exception is a text: whatever the library dies of is an error with that message.
        else {
            $why = { classes => ['error', 'die'], args => [text($why)], text => $why } unless ref $why;
            $reply = { raised => { classes => $why->{classes}, args => [map { encode($_) } @{$why->{args}}], text => encode(text($why->{text})) } };
        }
        $reply = { fault => 'a line that is no request' } unless ref $request;
    }
    $reply->{id} = ref $request ? $request->{id} : undef;
    print {$replies} $json->encode($reply), "\n" or exit 1;
}
