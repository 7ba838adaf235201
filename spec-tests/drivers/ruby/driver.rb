#!/usr/bin/env ruby
# Puts Ruby's socket library behind sockspec's wire.
#
# Requests come as JSON lines on standard input, replies leave on standard output. Ruby has one string type, and packs
# addresses: a tuple becomes a sockaddr by Socket.sockaddr_in or sockaddr_un, as every caller writes it, and is taken apart
# again by Addrinfo. What Ruby has under other names is called by those; what it lacks is unsupported.
require "json"
require "socket"

REQUESTS = $stdin.dup
REPLIES = $stdout.dup
$stdin.reopen(File::NULL)
$stdout.reopen($stderr)
REQUESTS.close_on_exec = REPLIES.close_on_exec = true
DEEPEST = 40
EXACT = 2**53

class Fault < StandardError; end
# The library has no such thing.
class Lacking < StandardError; end
# Ruby has no way to write this call.
class Inexpressible < StandardError; end

# A value that goes back as it came: tuples are no other lists, floats keep their digits.
Tuple = Struct.new(:items)
Float_ = Struct.new(:text)

CONSTANTS = {}
Socket::Constants.constants.sort.each { |name| CONSTANTS[name.to_s] = Socket::Constants.const_get(name) }
CONSTANTS.select! { |_, number| number.is_a?(Integer) }
Errno.constants.sort.each do |name|
  error = Errno.const_get(name)
  CONSTANTS[name.to_s] = error::Errno if error.is_a?(Class) && name != :NOERROR
end

OBJECTS = {}

def constant(names)
  names.split("|").map { |name| CONSTANTS[name] or raise Lacking, "Ruby has no constant #{name}" }.reduce(:|)
end

def decode(value)
  return value.b if value.is_a?(String)
  return value unless value.is_a?(Hash)
  return object(value) if value.key?("object")
  tag, content = value.first
  case tag
  when "tuple" then Tuple.new(content.map { |item| decode(item) })
  when "list" then content.map { |item| decode(item) }
  when "bytes", "str" then [content].pack("H*")
  when "int" then content.to_i
  when "float" then Float_.new(content)
  when "const" then constant(content)
  else raise Fault, "no value has the tag #{tag}"
  end
end

def object(reference)
  OBJECTS[reference["object"]] or raise Fault, "no object has the number #{reference["object"]} since the last reset"
end

def encode(value)
  case value
  when nil, true, false then value
  when Integer then value.abs <= EXACT ? value : { "int" => value.to_s }
  when Tuple then { "tuple" => value.items.map { |item| encode(item) } }
  when Array then { "list" => value.map { |item| encode(item) } }
  when Float_ then { "float" => value.text }
  when String
    text = value.dup.force_encoding("UTF-8")
    text.valid_encoding? ? text : { "str" => value.unpack1("H*") }
  when Socket
    number = OBJECTS.key(value) || OBJECTS.size + 1
    OBJECTS[number] = value
    { "object" => number, "kind" => "socket" }
  else { "opaque" => value.inspect }
  end
end

# Arguments: what a Ruby program could not have written is inexpressible.

def text(value)
  value.is_a?(String) ? value : raise(Inexpressible, "text is wanted")
end

def number(value)
  value.is_a?(Integer) ? value : raise(Inexpressible, "a number is wanted")
end

def text_or_nil(value)
  value.nil? ? nil : text(value)
end

def pack(socket, value)
  family = socket.local_address.afamily
  return Socket.sockaddr_un(text(value)) if family == Socket::AF_UNIX
  raise Inexpressible, "an address is a tuple" unless value.is_a?(Tuple)
  host, port, *rest = value.items
  # Socket.sockaddr_in takes no more, and '' and '<broadcast>' mean there what they mean in the document.
  raise Inexpressible, "Socket.sockaddr_in takes a host and a port" unless rest.empty?
  packed = Addrinfo.new(Socket.sockaddr_in(number(port), text(host)))
  return packed.to_sockaddr if packed.afamily == family
  # sockaddr_in takes whichever family comes first; a caller who wants another says so.
  Addrinfo.getaddrinfo(host, port, family, :STREAM).first.to_sockaddr
end

def unpack(address)
  address = Addrinfo.new(address) if address.is_a?(String)
  return address.to_sockaddr.bytesize > 2 ? address.unix_path : "" if address.afamily == Socket::AF_UNIX
  host, port = address.ip_unpack
  return Tuple.new([host, port]) if address.ipv4?
  _, _, flow, = address.to_sockaddr.unpack("SnNa16L")
  scope = address.to_sockaddr.unpack("SnNa16L").last
  Tuple.new([host.split("%").first, port, flow, scope])
end

def entry(found)
  name, aliases, _family, *addresses = found
  Tuple.new([name, aliases, addresses.map { |packed| readable(packed) }])
end

# Addresses of both families may stand in one list: their lengths tell them apart.
def readable(packed)
  packed.size == 16 ? IPAddr_.text6(packed) : packed.unpack("C4").join(".")
end

# The text of a packed address, by the C library.
module IPAddr_
  def self.text6(packed)
    Addrinfo.new([Socket::AF_INET6, 0, 0, packed, 0].pack("SnNa16L")).ip_address
  end

  def self.packed(text)
    address = Addrinfo.ip(text)
    address.to_sockaddr.unpack(address.ipv4? ? "Sna4" : "SnNa16").last
  end
end

# Each with the numbers of arguments that it takes.
FUNCTIONS = {
  "getaddrinfo" => [2..6, lambda { |host, port, family = 0, type = 0, protocol = 0, flags = 0|
    port = port.is_a?(Integer) ? port : text_or_nil(port)
    host = text_or_nil(host)
    found = Addrinfo.getaddrinfo(host, port, number(family), number(type), number(protocol), number(flags))
    found.map { |each| Tuple.new([each.afamily, each.socktype, each.protocol, each.canonname || "", unpack(each)]) }
  }],
  "getnameinfo" => [2..2, lambda { |address, flags|
    raise Inexpressible, "an address is a tuple" unless address.is_a?(Tuple) && address.items.size == 2
    host, port = address.items
    Tuple.new(Socket.getnameinfo(Socket.sockaddr_in(number(port), text(host)), number(flags)))
  }],
  "gethostbyname" => [1..1, ->(name) { readable(Socket.gethostbyname(text(name))[3]) }],
  "gethostbyname_ex" => [1..1, ->(name) { entry(Socket.gethostbyname(text(name))) }],
  "gethostbyaddr" => [1..1, lambda { |address|
    packed = IPAddr_.packed(text(address))
    entry(packed.size == 4 ? Socket.gethostbyaddr(packed) : Socket.gethostbyaddr(packed, Socket::AF_INET6))
  }],
  "gethostname" => [0..0, -> { Socket.gethostname }],
  "getservbyname" => [1..2, ->(name, protocol = "tcp") { Socket.getservbyname(text(name), text(protocol)) }],
  "socket" => [0..3, ->(family = Socket::AF_INET, type = Socket::SOCK_STREAM, protocol = 0) {
    Socket.new(number(family), number(type), number(protocol))
  }],
}

METHODS = {
  "accept" => [0..0, lambda { |s|
    connected, address = s.accept
    Tuple.new([connected, unpack(address)])
  }],
  "bind" => [1..1, ->(s, address) { s.bind(pack(s, address)) && nil }],
  "close" => [0..0, ->(s) { s.close }],
  "connect" => [1..1, ->(s, address) { s.connect(pack(s, address)) && nil }],
  "fileno" => [0..0, ->(s) { s.fileno }],
  "getpeername" => [0..0, ->(s) { unpack(s.getpeername) }],
  "getsockname" => [0..0, ->(s) { unpack(s.getsockname) }],
  "getsockopt" => [2..2, ->(s, level, name) { s.getsockopt(number(level), number(name)).int }],
  "listen" => [1..1, ->(s, backlog) { s.listen(number(backlog)) && nil }],
  "recv" => [1..2, ->(s, size, flags = 0) { s.recv(number(size), number(flags)) }],
  "recvfrom" => [1..2, lambda { |s, size, flags = 0|
    data, from = s.recvfrom(number(size), number(flags))
    Tuple.new([data, from.to_sockaddr.empty? || from.afamily == 0 ? nil : unpack(from)])
  }],
  "send" => [1..2, ->(s, data, flags = 0) { s.send(text(data), number(flags)) }],
  "sendto" => [2..3, lambda { |s, data, *rest|
    address = rest.pop
    s.send(text(data), rest.empty? ? 0 : number(rest.first), pack(s, address))
  }],
  "setsockopt" => [3..3, lambda { |s, level, name, value|
    s.setsockopt(number(level), number(name), value.is_a?(String) ? value : number(value)) && nil
  }],
  "shutdown" => [1..1, ->(s, how) { s.shutdown(number(how)) && nil }],
}

# Ruby's own words for what the document calls normal exceptions.
NORMAL = { "ArgumentError" => "ValueError", "RangeError" => "OverflowError" }.freeze
# SocketError is one class in place of the document's three: the function tells which of them is meant.
BY_FUNCTION = {
  "getaddrinfo" => "gaierror", "getnameinfo" => "gaierror", "gethostbyname_ex" => "herror", "gethostbyaddr" => "herror"
}.freeze

def raised(error, function)
  own = error.class.ancestors.grep(Class).map(&:to_s).flat_map { |name| [name, NORMAL[name]].compact }
  args = [encode(error.message)]
  case error
  when SystemCallError
    own.unshift("error")
    # Ruby puts what it was doing behind the system's text; the text alone is the class's own.
    args = [error.errno, encode(SystemCallError.new(nil, error.errno).message)]
  when SocketError
    own.unshift(*[BY_FUNCTION[function], "error"].compact)
    args.unshift(error.error_code) if error.respond_to?(:error_code)
  when IOError
    own.unshift("error")
  end
  { "classes" => own, "args" => args, "text" => encode(error.message) }
end

def call(request)
  raise Inexpressible, "these have no arguments by keyword" unless (request["named"] || {}).empty?
  arguments = request["args"].map { |each| decode(each) }
  if request["on"]
    arguments.unshift(object(request["on"]))
    arity, work = METHODS[request["name"]]
  else
    arity, work = FUNCTIONS[request["name"]]
  end
  raise Lacking, "Ruby has no #{request["name"]}" unless work
  given = arguments.size - (request["on"] ? 1 : 0)
  raise Inexpressible, "#{request["name"]} takes no #{given} arguments" unless arity.cover?(given)
  { "returned" => encode(work.call(*arguments)) }
rescue Fault, Lacking, Inexpressible
  raise
rescue Exception => e # rubocop:disable Lint/RescueException
  { "raised" => raised(e, request["name"]) }
end

# Work for benchmarks: Ruby's own methods many times over, with nothing of this driver inside the loops.

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
end

# The call as a Ruby program would write it, its arguments made beforehand.
def repeated(name, args)
  case name
  when "getaddrinfo"
    host, port, family, type, protocol, flags = args
    family, type, protocol, flags = [family, type, protocol, flags].map { |each| number(each || 0) }
    host, port = text_or_nil(host), port.is_a?(Integer) ? port : text_or_nil(port)
    -> { Addrinfo.getaddrinfo(host, port, family, type, protocol, flags) }
  when "getnameinfo"
    raise Inexpressible, "an address is a tuple of two" unless args[0].is_a?(Tuple) && args[0].items.size == 2
    packed, flags = Socket.sockaddr_in(number(args[0].items[1]), text(args[0].items[0])), number(args[1])
    -> { Socket.getnameinfo(packed, flags) }
  when "gethostbyname", "gethostbyname_ex"
    host = text(args[0])
    -> { Socket.gethostbyname(host) }
  when "gethostbyaddr"
    packed = IPAddr_.packed(text(args[0]))
    packed.size == 4 ? -> { Socket.gethostbyaddr(packed) } : -> { Socket.gethostbyaddr(packed, Socket::AF_INET6) }
  when nil then -> {}
  else raise Lacking, "#{name} is not measured"
  end
end

def repeat(once, times)
  # Some of these warn at each call that there are newer ones.
  verbose, $VERBOSE = $VERBOSE, nil
  start = now
  times.times do
    once.call
  rescue SocketError, SystemCallError # to fail is an answer too: that a host is unknown
  end
  [now - start]
ensure
  $VERBOSE = verbose
end

def serve(server, connections, size)
  start = now
  if connections.zero?
    loop do
      data, from = server.recvfrom(size)
      return [now - start] if data.nil? || data.empty?
      server.send(data, 0, from)
    end
  end
  accepted = Array.new(connections) { server.accept.first }
  begin
    loop do
      accepted.each do |each|
        data = each.recv(size)
        return [now - start] if data.nil? || data.empty?
        each.send(data, 0)
      end
    end
  ensure
    accepted.each(&:close)
  end
end

def ask(clients, size, times)
  message = "x" * size
  Array.new(times) do
    start = now
    clients.each do |each|
      sent = 0
      sent += each.send(sent.zero? ? message : message.byteslice(sent..), 0) while sent < size
    end
    clients.each do |each|
      missing = size
      while missing.positive?
        data = each.recv(size)
        raise EOFError, "the server is gone" if data.nil? || data.empty?
        missing -= data.bytesize
      end
    end
    now - start
  end
end

def work(request)
  took = if request["on"]
    serve(object(request["on"]), request["connections"], request["buffer"])
  elsif request["message"]
    ask(request["args"].map { |each| object(each) }, request["message"], request["times"])
  else
    repeat(repeated(request["name"], (request["args"] || []).map { |each| decode(each) }), request["times"])
  end
  { "took" => took }
rescue Fault, Lacking, Inexpressible
  raise
rescue Exception => e # rubocop:disable Lint/RescueException
  { "raised" => raised(e, request["name"]) }
end

def get(request)
  raise Lacking, "Ruby's sockets have no attributes" if request["on"]
  { "returned" => encode(constant(request["name"])) }
end

def reset
  OBJECTS.each_value { |socket| socket.close unless socket.closed? }
  OBJECTS.clear
  { "reset" => true }
end

def hello(request)
  raise Fault, "this driver speaks protocol 1" unless request["protocol"] == 1
  { "hello" => {
    "protocol" => 1, "name" => "Ruby", "version" => RUBY_VERSION, "edition" => "2.2", "strings" => "one",
    "platform" => RUBY_PLATFORM, "constants" => CONSTANTS, "capabilities" => []
  } }
end

def operate(request)
  case request["op"]
  when "hello" then hello(request)
  when "call" then call(request)
  when "get" then get(request)
  when "work" then work(request)
  when "forget" then raise Lacking, "Ruby's collector need not find what nobody refers to"
  when "reset" then reset
  when "ping" then { "pong" => true }
  when "echo" then { "returned" => encode(decode(request["value"])) }
  else raise Fault, "no operation is called #{request["op"]}"
  end
end

def answer(line)
  request = JSON.parse(line, max_nesting: 2 * DEEPEST)
  operate(request).merge("id" => request["id"])
rescue Lacking => e
  { "unsupported" => e.message, "id" => request["id"] }
rescue Inexpressible => e
  { "inexpressible" => e.message, "id" => request["id"] }
rescue StandardError => e
  { "fault" => "#{e.class}: #{e.message}", "id" => request && request["id"] }
end

REPLIES.sync = true
REQUESTS.each_line { |line| REPLIES.write(JSON.generate(answer(line), max_nesting: 4 * DEEPEST), "\n") }
