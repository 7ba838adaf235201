// Work for benchmarks: Java's own calls many times over, with nothing of this driver inside the loops.
//
// Java keeps what it resolved for a while, so that a name that is asked for again costs little: that is how it is.

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class Work {
    static List<Long> work(Map<?, ?> request, Calls.Socket on, String name, List<Object> args) throws IOException {
        if (on != null) return serve(on, integer(request, "connections"), integer(request, "buffer"));
        int times = integer(request, "times");
        if (request.get("message") != null) return ask(args, integer(request, "message"), times);
        return repeat(name, args, times);
    }

    private static int integer(Map<?, ?> request, String key) {
        return Math.toIntExact((Long) request.get(key));
    }

    private static List<Long> since(long start) {
        return List.of(System.nanoTime() - start);
    }

    private static List<Long> repeat(String name, List<Object> args, int times) {
        long start = System.nanoTime();
        if (name == null) {
            for (int left = times; left > 0; left--) Thread.onSpinWait();
            return since(start);
        }
        boolean all = name.equals("getaddrinfo");
        if (!all && !name.equals("gethostbyname")) throw Refused.lacking(name + " is not measured");
        if (!(args.get(0) instanceof String host)) throw Refused.inexpressible("a String is wanted");
        for (int left = times; left > 0; left--) {
            try {
                if (all) {
                    InetAddress.getAllByName(host);
                } else {
                    InetAddress.getByName(host);
                }
            } catch (UnknownHostException error) { // to fail is an answer too
                continue;
            }
        }
        return since(start);
    }

    private static List<Long> serve(Calls.Socket server, int connections, int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(size);
        long start = System.nanoTime();
        if (server.channel instanceof DatagramChannel datagrams) {
            while (true) {
                buffer.clear();
                SocketAddress from = datagrams.receive(buffer);
                if (buffer.flip().remaining() == 0) return since(start);
                datagrams.send(buffer, from);
            }
        }
        if (!(server.channel instanceof ServerSocketChannel listening)) throw Refused.inexpressible("it does not listen");
        List<SocketChannel> accepted = new ArrayList<>();
        while (accepted.size() < connections) accepted.add(listening.accept());
        while (true) {
            for (SocketChannel each : accepted) {
                if (each.read(buffer.clear()) < 0) return since(start);
                buffer.flip();
                while (buffer.hasRemaining()) each.write(buffer);
            }
        }
    }

    private static List<Long> ask(List<Object> clients, int size, int times) throws IOException {
        List<ByteChannel> channels = new ArrayList<>();
        for (Object client : clients) {
            if (!(client instanceof Calls.Socket socket) || !(socket.channel instanceof ByteChannel channel)) {
                throw Refused.inexpressible("only what is connected can ask");
            }
            channels.add(channel);
        }
        ByteBuffer message = ByteBuffer.allocateDirect(size);
        ByteBuffer answer = ByteBuffer.allocateDirect(size);
        List<Long> took = new ArrayList<>();
        while (took.size() < times) {
            long start = System.nanoTime();
            for (ByteChannel each : channels) {
                message.clear();
                while (message.hasRemaining()) each.write(message);
            }
            for (ByteChannel each : channels) {
                answer.clear();
                while (answer.hasRemaining()) {
                    if (each.read(answer) < 0) throw new EOFException("the server is gone");
                }
            }
            took.add(System.nanoTime() - start);
        }
        return took;
    }
}
