// Java's InetAddress and its network channels by the document's names.
//
// A stream socket is a SocketChannel until it listens: then a ServerSocketChannel is bound to its address in its place, since
// binding and listening are one call there. Datagrams have their channel, paths are addresses of streams alone. Channels take
// no flags, names come without aliases or services, and options are objects of a type. What a class lacks that a socket has
// become cannot be written in Java, and is inexpressible; what no class has is unsupported.

import java.io.IOException;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

final class Calls {
    /** A channel, and what is done again on the one that takes its place. */
    static final class Socket {
        final ProtocolFamily family;
        NetworkChannel channel;
        final Map<SocketOption<Object>, Object> options = new HashMap<>();

        Socket(ProtocolFamily family, NetworkChannel channel) {
            this.family = family;
            this.channel = channel;
        }
    }

    private static final int STREAM = 1, DATAGRAM = 2, TCP = 6, UDP = 17;
    /** What Java has an object of that name for, with the system's number. */
    static final Map<String, Long> CONSTANTS = new TreeMap<>();
    /** Options by level and number. */
    private static final Map<List<Long>, SocketOption<Object>> OPTIONS = new HashMap<>();

    static {
        // No family is what is asked for where none is named.
        CONSTANTS.putAll(Map.of("AF_UNSPEC", 0L, "AF_UNIX", 1L, "AF_INET", 2L, "AF_INET6", 10L));
        CONSTANTS.putAll(Map.of("SOCK_STREAM", 1L, "SOCK_DGRAM", 2L));
        CONSTANTS.putAll(Map.of("SOL_SOCKET", 1L, "IPPROTO_IP", 0L, "IPPROTO_TCP", 6L, "IPPROTO_UDP", 17L));
        option("SOL_SOCKET", 2, StandardSocketOptions.SO_REUSEADDR);
        option("SOL_SOCKET", 6, StandardSocketOptions.SO_BROADCAST);
        option("SOL_SOCKET", 7, StandardSocketOptions.SO_SNDBUF);
        option("SOL_SOCKET", 8, StandardSocketOptions.SO_RCVBUF);
        option("SOL_SOCKET", 9, StandardSocketOptions.SO_KEEPALIVE);
        option("SOL_SOCKET", 13, StandardSocketOptions.SO_LINGER);
        option("SOL_SOCKET", 15, StandardSocketOptions.SO_REUSEPORT);
        option("IPPROTO_IP", 1, StandardSocketOptions.IP_TOS);
        option("IPPROTO_IP", 33, StandardSocketOptions.IP_MULTICAST_TTL);
        option("IPPROTO_IP", 34, StandardSocketOptions.IP_MULTICAST_LOOP);
        option("IPPROTO_TCP", 1, StandardSocketOptions.TCP_NODELAY);
    }

    @SuppressWarnings("unchecked")
    private static void option(String level, long number, SocketOption<?> option) {
        CONSTANTS.put(option.name(), number);
        OPTIONS.put(List.of(CONSTANTS.get(level), number), (SocketOption<Object>) option);
    }

    static Object function(String name, List<Object> args) throws IOException {
        switch (name) {
            case "getaddrinfo": return getaddrinfo(counted(args, 2, 6));
            case "gethostbyname": return InetAddress.getByName(text(counted(args, 1, 1), 0)).getHostAddress();
            case "getfqdn": return getfqdn(counted(args, 0, 1));
            case "gethostname": counted(args, 0, 0); return InetAddress.getLocalHost().getHostName();
            case "inet_ntoa": return InetAddress.getByAddress(bytes(counted(args, 1, 1), 0)).getHostAddress();
            case "socket": return socket(counted(args, 2, 3));
            default: throw Refused.lacking("Java has no " + name);
        }
    }

    static Object method(Socket s, String name, List<Object> args) throws IOException {
        switch (name) {
            case "accept": counted(args, 0, 0); return accept(s);
            case "bind": s.channel.bind(address(s.family, counted(args, 1, 1).get(0))); return null;
            case "close": counted(args, 0, 0); s.channel.close(); return null;
            case "connect": return connect(s, address(s.family, counted(args, 1, 1).get(0)));
            case "getpeername": counted(args, 0, 0); return told(peer(s));
            case "getsockname": counted(args, 0, 0); return told(s.channel.getLocalAddress());
            case "getsockopt": return getsockopt(s, counted(args, 2, 2));
            case "listen": listen(s, number(counted(args, 1, 1), 0)); return null;
            case "recv": return recv(s, counted(args, 1, 2));
            case "recvfrom": return recvfrom(s, counted(args, 1, 2));
            case "send": return send(s, counted(args, 1, 2));
            case "sendall": return sendall(s, counted(args, 1, 2));
            case "sendto": return sendto(s, counted(args, 2, 3));
            case "setblocking":
                ((SelectableChannel) s.channel).configureBlocking(number(counted(args, 1, 1), 0) != 0);
                return null;
            case "setsockopt": setsockopt(s, counted(args, 3, 3)); return null;
            case "shutdown": shutdown(s, number(counted(args, 1, 1), 0)); return null;
            default: throw Refused.lacking("Java's channels have no " + name);
        }
    }

    // Arguments. What a compiler would not let through is inexpressible.

    private static List<Object> counted(List<Object> args, int least, int most) {
        if (args.size() < least || args.size() > most) throw Refused.inexpressible("that takes another number of arguments");
        return args;
    }

    private static int number(List<Object> args, int at) {
        if (at >= args.size()) return 0;
        Object value = args.get(at);
        // An int has 32 bits.
        if (value instanceof Long number && number == number.intValue()) return number.intValue();
        throw Refused.inexpressible("an int is wanted");
    }

    private static String text(List<Object> args, int at) {
        Object value = args.get(at);
        if (value == null || value instanceof String) return (String) value;
        throw Refused.inexpressible("a String is wanted");
    }

    private static byte[] bytes(List<Object> args, int at) {
        if (args.get(at) instanceof byte[] bytes) return bytes;
        throw Refused.inexpressible("a byte[] is wanted");
    }

    private static void noFlags(List<Object> args, int at) {
        if (number(args, at) != 0) throw Refused.inexpressible("channels take no flags");
    }

    /** The channel where it is of that class; what others lack cannot be called on them. */
    private static <T> T as(Socket socket, Class<T> wanted) {
        if (wanted.isInstance(socket.channel)) return wanted.cast(socket.channel);
        throw Refused.inexpressible("that is for a " + wanted.getSimpleName() + " alone");
    }

    private static SocketAddress address(ProtocolFamily family, Object value) throws IOException {
        if (family == StandardProtocolFamily.UNIX) {
            if (value instanceof String path) return UnixDomainSocketAddress.of(path);
            throw Refused.inexpressible("UnixDomainSocketAddress takes text or a Path");
        }
        int most = family == StandardProtocolFamily.INET ? 2 : 4;
        if (!(value instanceof Tuple tuple) || tuple.items().size() < 2 || tuple.items().size() > most) {
            throw Refused.inexpressible("InetSocketAddress takes a host and a port");
        }
        List<Object> items = tuple.items();
        if (number(items, 2) != 0) throw Refused.inexpressible("Inet6Address has no flow information");
        InetAddress host = InetAddress.getByName(text(items, 0));
        int scope = number(items, 3);
        if (scope != 0) host = Inet6Address.getByAddress(null, host.getAddress(), scope);
        return new InetSocketAddress(host, number(items, 1));
    }

    /** An address as Java tells it, which has no flow information: what leaves here has 0. */
    private static Object told(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) return unix.getPath().toString();
        if (!(address instanceof InetSocketAddress inet)) return null;
        String host = inet.getAddress().getHostAddress();
        if (inet.getAddress() instanceof Inet6Address six) return Tuple.of(host, inet.getPort(), 0, six.getScopeId());
        return Tuple.of(host, inet.getPort());
    }

    // Names.

    /** All addresses of a name, for a type of socket whose protocol is known; Java takes no other hint. */
    private static Object getaddrinfo(List<Object> args) throws IOException {
        int type = number(args, 3);
        int protocol = type == STREAM ? TCP : UDP;
        boolean plain = number(args, 2) == 0 && (number(args, 4) == 0 || number(args, 4) == protocol) && number(args, 5) == 0;
        if (!plain || type != STREAM && type != DATAGRAM) {
            throw Refused.inexpressible("getAllByName() takes no hints; streams and datagrams have a protocol each");
        }
        int port = number(args, 1);
        List<Object> entries = new ArrayList<>();
        for (InetAddress found : InetAddress.getAllByName(text(args, 0))) {
            long family = CONSTANTS.get(found instanceof Inet6Address ? "AF_INET6" : "AF_INET");
            entries.add(Tuple.of(family, type, protocol, "", told(new InetSocketAddress(found, port))));
        }
        return entries;
    }

    private static String getfqdn(List<Object> args) throws IOException {
        if (args.isEmpty()) return InetAddress.getLocalHost().getCanonicalHostName();
        return InetAddress.getByName(text(args, 0)).getCanonicalHostName();
    }

    // Sockets.

    private static Socket socket(List<Object> args) throws IOException {
        ProtocolFamily family;
        switch (number(args, 0)) {
            case 1: family = StandardProtocolFamily.UNIX; break;
            case 2: family = StandardProtocolFamily.INET; break;
            case 10: family = StandardProtocolFamily.INET6; break;
            default: throw Refused.inexpressible("StandardProtocolFamily has no such family");
        }
        int type = number(args, 1);
        int protocol = number(args, 2);
        if (type != STREAM && type != DATAGRAM) throw Refused.inexpressible("there are channels for streams and datagrams");
        if (protocol != 0 && protocol != (type == STREAM ? TCP : UDP)) {
            throw Refused.inexpressible("a channel has the protocol of its class");
        }
        return new Socket(family, type == STREAM ? SocketChannel.open(family) : DatagramChannel.open(family));
    }

    private static void listen(Socket s, int backlog) throws IOException {
        if (s.channel instanceof ServerSocketChannel listening) {
            listening.bind(null, backlog);
            return;
        }
        SocketChannel before = as(s, SocketChannel.class);
        if (before.isConnected()) throw Refused.inexpressible("a SocketChannel that is connected cannot listen");
        SocketAddress bound = before.getLocalAddress();
        ServerSocketChannel listening = ServerSocketChannel.open(s.family);
        try {
            listening.configureBlocking(before.isBlocking());
            // One that it lacks, such as TCP_NODELAY, is not dropped in silence.
            for (Map.Entry<SocketOption<Object>, Object> each : s.options.entrySet()) {
                listening.setOption(each.getKey(), each.getValue());
            }
        } catch (UnsupportedOperationException error) {
            listening.close();
            throw error;
        }
        before.close();
        // Its path would still be in use.
        if (bound instanceof UnixDomainSocketAddress unix) Files.deleteIfExists(unix.getPath());
        s.channel = listening;
        listening.bind(bound, backlog);
    }

    private static Object accept(Socket s) throws IOException {
        SocketChannel accepted = as(s, ServerSocketChannel.class).accept();
        // null where it does not wait and nobody is there.
        return accepted == null ? null : Tuple.of(new Socket(s.family, accepted), told(accepted.getRemoteAddress()));
    }

    /** false where it does not wait and is not connected yet. */
    private static Object connect(Socket s, SocketAddress to) throws IOException {
        if (s.channel instanceof DatagramChannel datagrams) {
            datagrams.connect(to);
            return null;
        }
        return as(s, SocketChannel.class).connect(to) ? null : false;
    }

    private static SocketAddress peer(Socket s) throws IOException {
        if (s.channel instanceof DatagramChannel datagrams) return datagrams.getRemoteAddress();
        return as(s, SocketChannel.class).getRemoteAddress();
    }

    private static void shutdown(Socket s, int how) throws IOException {
        if (how < 0 || how > 2) throw Refused.inexpressible("there are shutdownInput() and shutdownOutput()");
        SocketChannel stream = as(s, SocketChannel.class);
        if (how != 1) stream.shutdownInput();
        if (how != 0) stream.shutdownOutput();
    }

    private static SocketOption<Object> option(List<Object> args) {
        SocketOption<Object> option = OPTIONS.get(List.of((long) number(args, 0), (long) number(args, 1)));
        if (option == null) throw Refused.inexpressible("Java has no object for this option");
        return option;
    }

    private static Object getsockopt(Socket s, List<Object> args) throws IOException {
        Object value = s.channel.getOption(option(args));
        return value instanceof Boolean truth ? (truth ? 1 : 0) : value;
    }

    private static void setsockopt(Socket s, List<Object> args) throws IOException {
        SocketOption<Object> option = option(args);
        int number = number(args, 2);
        boolean truth = (Object) option.type() == Boolean.class;
        if (truth && number != 0 && number != 1) throw Refused.inexpressible("this option is a boolean");
        Object value = truth ? (Object) (number == 1) : (Object) number;
        s.channel.setOption(option, value);
        s.options.put(option, value);
    }

    // Data.

    private static Object recv(Socket s, List<Object> args) throws IOException {
        noFlags(args, 1);
        if (s.channel instanceof DatagramChannel) {
            return recvfrom(s, args) instanceof Tuple received ? received.items().get(0) : null;
        }
        SocketChannel stream = as(s, SocketChannel.class);
        ByteBuffer buffer = ByteBuffer.allocate(number(args, 0));
        // None is "nothing yet", and not the end, which is -1.
        return stream.read(buffer) == 0 && buffer.hasRemaining() ? null : taken(buffer);
    }

    private static Object recvfrom(Socket s, List<Object> args) throws IOException {
        noFlags(args, 1);
        DatagramChannel datagrams = as(s, DatagramChannel.class);
        ByteBuffer buffer = ByteBuffer.allocate(number(args, 0));
        SocketAddress from = datagrams.receive(buffer);
        return from == null ? null : Tuple.of(taken(buffer), told(from));
    }

    private static byte[] taken(ByteBuffer buffer) {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static Object send(Socket s, List<Object> args) throws IOException {
        noFlags(args, 1);
        return as(s, ByteChannel.class).write(ByteBuffer.wrap(bytes(args, 0)));
    }

    /** What writes until everything is written is the stream that belongs to a channel. */
    private static Object sendall(Socket s, List<Object> args) throws IOException {
        noFlags(args, 1);
        OutputStream stream = Channels.newOutputStream(as(s, ByteChannel.class));
        stream.write(bytes(args, 0));
        return null;
    }

    private static Object sendto(Socket s, List<Object> args) throws IOException {
        if (args.size() == 3) noFlags(args, 1);
        DatagramChannel datagrams = as(s, DatagramChannel.class);
        return datagrams.send(ByteBuffer.wrap(bytes(args, 0)), address(s.family, args.get(args.size() - 1)));
    }
}
