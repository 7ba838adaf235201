<?php
// Puts PHP's network functions and its sockets extension behind sockspec's wire.
//
// Requests come as JSON lines on standard input, replies leave on standard output. PHP has one string type. It says false for
// a failure, which is an exception here, with the number that socket_last_error() has. What it raises itself goes as it is.
declare(strict_types=1);

if (!extension_loaded('sockets')) {
    fwrite(STDERR, "the sockets extension is not loaded\n");
    exit(3);
}
ini_set('display_errors', 'stderr');
ini_set('html_errors', '0');
ini_set('memory_limit', '-1');

class Refused extends Exception
{
    public function __construct(public string $kind, string $text) { parent::__construct($text); }
}
// What PHP tells by false.
class Failed extends Exception
{
    public function __construct(public array $classes, public array $arguments) { parent::__construct((string) end($arguments)); }
}
class Tuple { public function __construct(public array $items) {} }
// Something that goes back as it came.
class Kept { public function __construct(public array $value) {} }
class Handle { public function __construct(public Socket $socket, public int $family) {} }

$constants = array_filter(
    get_defined_constants(true)['sockets'],
    fn ($number, $name) => is_int($number) && preg_match('/^(AF|SOCK|SOL|SO|MSG|IPPROTO|IP|IPV6|AI)_|^SOMAXCONN$/', $name),
    ARRAY_FILTER_USE_BOTH
);
$constants += ['IPPROTO_TCP' => SOL_TCP, 'IPPROTO_UDP' => SOL_UDP];
foreach (get_defined_constants(true)['sockets'] as $name => $number) {
    if (str_starts_with($name, 'SOCKET_E')) $constants[substr($name, 7)] = $number;
}
$objects = [];
$last = 0;

function constant_of(string $names): int
{
    global $constants;
    $result = 0;
    foreach (explode('|', $names) as $name) {
        $result |= $constants[$name] ?? throw new Refused('unsupported', "PHP has no constant $name");
    }
    return $result;
}

function object(stdClass $reference): Handle
{
    global $objects;
    return $objects[$reference->object] ?? throw new Refused('fault', "no object has the number $reference->object since the last reset");
}

function decode(mixed $value): mixed
{
    if (!$value instanceof stdClass) return $value;
    if (isset($value->object)) return object($value);
    foreach ((array) $value as $tag => $content) {
        switch ($tag) {
            case 'tuple': return new Tuple(array_map(decode(...), $content));
            case 'list': return array_map(decode(...), $content);
            case 'bytes': case 'str': return hex2bin($content);
            case 'const': return constant_of($content);
            case 'int': return is_int($number = $content + 0) ? $number : new Kept(['int' => $content]);
            case 'float': return new Kept(['float' => $content]);
        }
    }
    throw new Refused('fault', 'no value of the protocol');
}

function encode(mixed $value): mixed
{
    if ($value instanceof Kept) return $value->value;
    if ($value instanceof Tuple) return ['tuple' => array_map(encode(...), $value->items)];
    if ($value instanceof Handle) return ['object' => number_of($value), 'kind' => 'socket'];
    if (is_array($value) && array_is_list($value)) return ['list' => array_map(encode(...), $value)];
    if (is_string($value) && !mb_ok($value)) return ['str' => bin2hex($value)];
    if (is_int($value) && abs($value) > 2 ** 53) return ['int' => (string) $value];
    return is_scalar($value) || $value === null ? $value : ['opaque' => json_encode($value)];
}

function mb_ok(string $text): bool { return preg_match('//u', $text) === 1; }

function number_of(Handle $handle): int
{
    global $objects, $last;
    $number = array_search($handle, $objects, true) ?: ++$last;
    $objects[$number] = $handle;
    return $number;
}

// false, with the number that the extension keeps for the failure and its text.
function sure(mixed $result): mixed
{
    if ($result !== false) return $result;
    throw new Failed(['error'], [socket_last_error(), socket_strerror(socket_last_error())]);
}
function message(mixed $result, string $class, string $function): mixed
{
    return $result === false ? throw new Failed(array_unique([$class, 'error']), ["$function returned false"]) : $result;
}
function done(mixed $result): mixed { sure($result); return null; }

// Host and port, or a path: the extension takes them one by one.
function address(Handle $handle, mixed $value): array
{
    if ($handle->family === AF_UNIX) return is_string($value) ? [$value] : throw new Refused('inexpressible', 'an address is a path');
    if (!$value instanceof Tuple || count($value->items) !== 2) throw new Refused('inexpressible', 'an address is a host and a port');
    return $value->items;
}

// The extension tells nothing but host and port, of IPv6 too.
function name(Handle $handle, callable $ask): mixed
{
    sure($ask($handle->socket, $host, $port));
    return $handle->family === AF_UNIX ? $host : new Tuple([$host, $port]);
}

// What socket_addrinfo_lookup() is asked.
function lookup($host, $port, $family = 0, $type = 0, $protocol = 0, $flags = 0): array
{
    if ($host === null) throw new Refused('inexpressible', 'socket_addrinfo_lookup takes a host');
    $hints = ['ai_family' => $family, 'ai_socktype' => $type, 'ai_protocol' => $protocol, 'ai_flags' => $flags];
    // The service is text in PHP, and its number in digits.
    return [$host, is_int($port) ? (string) $port : $port, $hints];
}

function explained(AddressInfo $info): Tuple
{
    $found = socket_addrinfo_explain($info);
    $at = $found['ai_addr'];
    $address = isset($at['sin_addr']) ? [$at['sin_addr'], $at['sin_port']] : [$at['sin6_addr'], $at['sin6_port']];
    return new Tuple([$found['ai_family'], $found['ai_socktype'], $found['ai_protocol'], $found['ai_canonname'] ?? '', new Tuple($address)]);
}

$functions = [
    'getaddrinfo' => [2, 6, function (...$args) {
        $found = socket_addrinfo_lookup(...lookup(...$args));
        return array_map(explained(...), message($found, 'gaierror', 'socket_addrinfo_lookup'));
    }],
    'gethostbyname' => [1, 1, gethostbyname(...)],
    'gethostbyaddr' => [1, 1, fn ($address) => message(gethostbyaddr($address), 'herror', 'gethostbyaddr')],
    'gethostname' => [0, 0, gethostname(...)],
    'getservbyname' => [2, 2, fn ($name, $protocol) => message(getservbyname($name, $protocol), 'error', 'getservbyname')],
    'getprotobyname' => [1, 1, fn ($name) => message(getprotobyname($name), 'error', 'getprotobyname')],
    'socket' => [2, 3, fn ($family, $type, $protocol = 0) => new Handle(sure(socket_create($family, $type, $protocol)), $family)],
];

$methods = [
    // The address of who connects is asked for: socket_accept() gives the socket alone.
    'accept' => [0, 0, function (Handle $s) {
        $connected = new Handle(sure(socket_accept($s->socket)), $s->family);
        return new Tuple([$connected, name($connected, socket_getpeername(...))]);
    }],
    'bind' => [1, 1, fn (Handle $s, $to) => done(socket_bind($s->socket, ...address($s, $to)))],
    'close' => [0, 0, fn (Handle $s) => socket_close($s->socket)],
    'connect' => [1, 1, fn (Handle $s, $to) => done(socket_connect($s->socket, ...address($s, $to)))],
    'getpeername' => [0, 0, fn (Handle $s) => name($s, socket_getpeername(...))],
    'getsockname' => [0, 0, fn (Handle $s) => name($s, socket_getsockname(...))],
    'getsockopt' => [2, 2, fn (Handle $s, $level, $option) => sure(socket_get_option($s->socket, $level, $option))],
    'listen' => [1, 1, fn (Handle $s, $backlog) => done(socket_listen($s->socket, $backlog))],
    'recv' => [1, 2, function (Handle $s, $size, $flags = 0) {
        sure(socket_recv($s->socket, $data, $size, $flags));
        return $data ?? '';
    }],
    'recvfrom' => [1, 2, function (Handle $s, $size, $flags = 0) {
        sure(socket_recvfrom($s->socket, $data, $size, $flags, $host, $port));
        return new Tuple([$data, $s->family === AF_UNIX ? $host : new Tuple([$host, $port])]);
    }],
    'send' => [1, 2, fn (Handle $s, $data, $flags = 0) => sure(socket_send($s->socket, $data, strlen($data), $flags))],
    'sendto' => [2, 3, function (Handle $s, $data, ...$rest) {
        $to = address($s, array_pop($rest));
        return sure(socket_sendto($s->socket, $data, strlen($data), $rest ? $rest[0] : 0, ...$to));
    }],
    'setblocking' => [1, 1, fn (Handle $s, $flag) => done($flag ? socket_set_block($s->socket) : socket_set_nonblock($s->socket))],
    'setsockopt' => [3, 3, function (Handle $s, $level, $option, $value) {
        if (is_string($value)) throw new Refused('inexpressible', 'socket_set_option takes no buffers');
        return done(socket_set_option($s->socket, $level, $option, $value));
    }],
    'shutdown' => [1, 1, fn (Handle $s, $how) => done(socket_shutdown($s->socket, $how))],
];

function call(stdClass $request): array
{
    global $functions, $methods;
    if (isset($request->named) && (array) $request->named) throw new Refused('inexpressible', 'these have no arguments by keyword');
    $on = isset($request->on) ? [object($request->on)] : [];
    $arguments = array_map(decode(...), $request->args);
    [$least, $most, $work] = ($on ? $methods : $functions)[$request->name] ?? throw new Refused('unsupported', "PHP has no $request->name");
    if (count($arguments) < $least || count($arguments) > $most) {
        throw new Refused('inexpressible', "$request->name takes another number of arguments");
    }
    foreach ($arguments as $each) {
        if ($each instanceof Kept) throw new Refused('inexpressible', 'PHP has no such number');
    }
    socket_clear_error();
    try {
        return ['returned' => encode($work(...$on, ...$arguments))];
    } catch (Refused $refused) {
        throw $refused;
    } catch (Throwable $thrown) {
        return raised($thrown);
    }
}

// Work for benchmarks: PHP's own functions many times over, with nothing of this driver inside the loops.

function times(int $times, callable $once): array
{
    $start = hrtime(true);
    for ($left = $times; $left > 0; $left--) $once();
    return [hrtime(true) - $start];
}

function repeat(?string $name, array $args, int $times): array
{
    // What comes of a call does not matter, and a lookup that finds nothing says so in a warning.
    $reporting = error_reporting(E_ALL & ~E_WARNING);
    try {
        switch ($name) {
            case null: return times($times, fn () => null);
            case 'getaddrinfo':
                [$host, $port, $hints] = lookup(...$args);
                return times($times, fn () => socket_addrinfo_lookup($host, $port, $hints));
            case 'gethostbyname': return times($times, fn () => gethostbyname($args[0]));
            case 'gethostbyaddr': return times($times, fn () => gethostbyaddr($args[0]));
            default: throw new Refused('unsupported', "$name is not measured");
        }
    } finally {
        error_reporting($reporting);
    }
}

function serve(Handle $server, int $connections, int $size): array
{
    $start = hrtime(true);
    $socket = $server->socket;
    if ($connections === 0) {
        while (true) {
            sure(socket_recvfrom($socket, $data, $size, 0, $host, $port));
            if ($data === null || $data === '') return [hrtime(true) - $start];
            sure(socket_sendto($socket, $data, strlen($data), 0, $host, $port));
        }
    }
    $accepted = [];
    while (count($accepted) < $connections) $accepted[] = sure(socket_accept($socket));
    while (true) {
        foreach ($accepted as $each) {
            sure(socket_recv($each, $data, $size, 0));
            if ($data === null || $data === '') return [hrtime(true) - $start];
            sure(socket_send($each, $data, strlen($data), 0));
        }
    }
}

function ask(array $clients, int $size, int $times): array
{
    [$message, $took] = [str_repeat('x', $size), []];
    while (count($took) < $times) {
        $start = hrtime(true);
        foreach ($clients as $each) {
            for ($sent = 0; $sent < $size;) {
                $sent += sure(socket_send($each, $sent ? substr($message, $sent) : $message, $size - $sent, 0));
            }
        }
        foreach ($clients as $each) {
            for ($missing = $size; $missing > 0; $missing -= strlen($data)) {
                sure(socket_recv($each, $data, $size, 0));
                if ($data === null || $data === '') throw new Failed(['error'], ['the server is gone']);
            }
        }
        $took[] = hrtime(true) - $start;
    }
    return $took;
}

function work(stdClass $request): array
{
    try {
        if (isset($request->on)) return ['took' => serve(object($request->on), $request->connections, $request->buffer)];
        $args = array_map(decode(...), $request->args ?? []);
        if (!isset($request->message)) return ['took' => repeat($request->name ?? null, $args, $request->times)];
        return ['took' => ask(array_map(fn (Handle $each) => $each->socket, $args), $request->message, $request->times)];
    } catch (Refused $refused) {
        throw $refused;
    } catch (Throwable $thrown) {
        return raised($thrown);
    }
}

function raised(Throwable $thrown): array
{
    $own = [get_class($thrown), ...array_values(class_parents($thrown))];
    $failed = $thrown instanceof Failed;
    $text = encode($thrown->getMessage());
    return ['raised' => [
        'classes' => $failed ? array_values($thrown->classes) : $own,
        'args' => $failed ? array_map(encode(...), $thrown->arguments) : [$text],
        'text' => $text,
    ]];
}

function hello(stdClass $request): array
{
    global $constants;
    if ($request->protocol !== 1) throw new Refused('fault', 'this driver speaks protocol 1');
    return ['hello' => [
        'protocol' => 1, 'name' => 'PHP', 'version' => PHP_VERSION, 'edition' => '2.2', 'strings' => 'one',
        'platform' => php_uname('s') . ' ' . php_uname('m'), 'constants' => $constants, 'capabilities' => [],
    ]];
}

/** Drops the last reference to a socket, which closes it. */
function forget(stdClass $reference): array
{
    global $objects;
    object($reference);
    unset($objects[$reference->object]);
    gc_collect_cycles();
    return ['returned' => null];
}

function reset_(): array
{
    global $objects, $last;
    foreach ($objects as $handle) {
        try {
            socket_close($handle->socket);
        } catch (Error) { // closed before
        }
    }
    [$objects, $last] = [[], 0];
    return ['reset' => true];
}

while (($line = fgets(STDIN)) !== false) {
    $request = json_decode($line, false, 512);
    try {
        if (!$request instanceof stdClass) throw new Refused('fault', 'a line that is no request');
        $reply = match ($request->op) {
            'hello' => hello($request),
            'call' => call($request),
            'get' => isset($request->on) ? throw new Refused('unsupported', "PHP's sockets have no attributes") : ['returned' => constant_of($request->name)],
            'forget' => forget($request->on),
            'reset' => reset_(),
            'work' => work($request),
            'ping' => ['pong' => true],
            'echo' => ['returned' => encode(decode($request->value))],
            default => throw new Refused('fault', "no operation is called $request->op"),
        };
    } catch (Refused $refused) {
        $reply = [$refused->kind => $refused->getMessage()];
    } catch (Throwable $thrown) {
        $reply = ['fault' => $thrown->getMessage()];
    }
    $reply['id'] = $request->id ?? null;
    fwrite(STDOUT, json_encode($reply, JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION, 512) . "\n");
}
