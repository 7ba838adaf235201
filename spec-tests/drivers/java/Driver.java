// Puts Java's InetAddress and its network channels behind sockspec's wire: the loop, the values and the objects.
//
// Requests come as JSON lines on standard input, replies leave on standard output. What is called stands in Calls.java.

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.UnknownHostException;
import java.nio.channels.Channel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public final class Driver {
    /** Something that Java has no value for, and that goes back as it came. */
    private record Kept(Map<?, ?> value) {}

    private static final long EXACT = 1L << 53;
    private static final Map<Long, Calls.Socket> SOCKETS = new HashMap<>();
    private static final Map<Calls.Socket, Long> NUMBERS = new HashMap<>();
    private static long last;

    public static void main(String[] arguments) throws IOException {
        OutputStream replies = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            replies.write((Json.print(reply(line)) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Map<String, Object> reply(String line) {
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("id", null);
        try {
            Map<?, ?> request = (Map<?, ?>) Json.parse(line);
            reply.put("id", request.get("id"));
            operate(request, reply);
        } catch (Refused refused) {
            reply.put(refused.kind, refused.getMessage());
        } catch (RuntimeException error) {
            reply.put("fault", error.toString());
        }
        return reply;
    }

    private static void operate(Map<?, ?> request, Map<String, Object> reply) {
        String operation = (String) request.get("op");
        switch (operation) {
            case "hello": reply.put("hello", hello(request)); break;
            case "call": case "work": call(request, operation, reply); break;
            case "get": throw Refused.lacking("Java's families and options are objects, and have no numbers");
            case "forget": reply.put("returned", forget(request)); break;
            case "reset": reply.put("reset", reset()); break;
            case "ping": reply.put("pong", true); break;
            case "echo": reply.put("returned", encode(decode(request.get("value")))); break;
            default: throw new Refused("fault", "no operation is called " + operation);
        }
    }

    private static Object hello(Map<?, ?> request) {
        if (!Long.valueOf(1).equals(request.get("protocol"))) throw new Refused("fault", "this driver speaks protocol 1");
        Map<String, Object> hello = new LinkedHashMap<>();
        hello.put("protocol", 1);
        hello.put("name", "Java");
        hello.put("version", System.getProperty("java.version"));
        hello.put("edition", "3");
        hello.put("strings", "distinct");
        hello.put("platform", System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
            + System.getProperty("java.vm.name"));
        hello.put("constants", Calls.CONSTANTS);
        hello.put("capabilities", List.of());
        return hello;
    }

    private static void call(Map<?, ?> request, String operation, Map<String, Object> reply) {
        Map<?, ?> named = (Map<?, ?>) request.get("named");
        if (named != null && !named.isEmpty()) throw Refused.inexpressible("Java has no arguments by keyword");
        String name = (String) request.get("name");
        Calls.Socket on = request.get("on") == null ? null : socket((Map<?, ?>) request.get("on"));
        List<Object> args = new ArrayList<>();
        if (request.get("args") instanceof List<?> given) {
            for (Object each : given) args.add(decode(each));
        }
        try {
            if (operation.equals("work")) {
                reply.put("took", Work.work(request, on, name, args));
            } else {
                reply.put("returned", encode(on == null ? Calls.function(name, args) : Calls.method(on, name, args)));
            }
        } catch (Refused refused) {
            throw refused;
        } catch (UnsupportedOperationException error) {
            throw Refused.lacking(error.toString());
        } catch (Exception | OutOfMemoryError error) {
            reply.put("raised", raised(error, name));
        }
    }

    /** Java tells failures by their classes and a text. There are no numbers. */
    private static Object raised(Throwable error, String function) {
        List<Object> classes = new ArrayList<>();
        // A name that was not found; inet_ntoa() looks for none.
        if (error instanceof UnknownHostException && !"inet_ntoa".equals(function)) classes.add("gaierror");
        if (error instanceof IOException) classes.add("error");
        for (Class<?> each = error.getClass(); each != Object.class; each = each.getSuperclass()) {
            classes.add(each.getSimpleName());
            // Java's words for what the document calls normal exceptions.
            if (each == IllegalArgumentException.class) classes.add("ValueError");
            if (each == OutOfMemoryError.class) classes.add("MemoryError");
        }
        List<Object> args = new ArrayList<>();
        if (error.getMessage() != null) args.add(encode(error.getMessage()));
        Map<String, Object> raised = new LinkedHashMap<>();
        raised.put("classes", classes);
        raised.put("args", args);
        raised.put("text", error.toString());
        return raised;
    }

    private static Calls.Socket socket(Map<?, ?> reference) {
        Calls.Socket socket = SOCKETS.get(reference.get("object"));
        if (socket == null) throw new Refused("fault", "no object has the number " + reference.get("object"));
        return socket;
    }

    /** Whether a channel that nobody refers to is closed is up to Java. */
    private static Object forget(Map<?, ?> request) {
        Map<?, ?> reference = (Map<?, ?>) request.get("on");
        NUMBERS.remove(socket(reference));
        SOCKETS.remove(reference.get("object"));
        System.gc();
        return null;
    }

    private static Object reset() {
        for (Calls.Socket socket : SOCKETS.values()) {
            try {
                ((Channel) socket.channel).close();
            } catch (IOException error) {
                System.err.println(error);
            }
        }
        SOCKETS.clear();
        NUMBERS.clear();
        last = 0;
        return true;
    }

    // Values: null, Boolean, Long, BigInteger, Double, String, byte[], Tuple, List, Socket, Kept.

    private static Object decode(Object value) {
        if (value instanceof List) throw new Refused("fault", "a bare array is no value");
        if (!(value instanceof Map<?, ?> tagged)) return value;
        if (tagged.containsKey("object")) return socket(tagged);
        String tag = (String) tagged.keySet().iterator().next();
        Object content = tagged.get(tag);
        switch (tag) {
            case "tuple": return new Tuple(decoded((List<?>) content));
            case "list": return decoded((List<?>) content);
            case "bytes": return HexFormat.of().parseHex((String) content);
            case "int": return new BigInteger((String) content);
            case "const": return constant((String) content);
            case "str": case "float": return new Kept(tagged);
            default: throw new Refused("fault", "no value has the tag " + tag);
        }
    }

    private static List<Object> decoded(List<?> items) {
        List<Object> result = new ArrayList<>();
        for (Object item : items) result.add(decode(item));
        return result;
    }

    private static Long constant(String names) {
        long result = 0;
        for (String name : names.split("\\|")) {
            Long number = Calls.CONSTANTS.get(name);
            if (number == null) throw Refused.lacking("Java has no constant " + name);
            result |= number;
        }
        return result;
    }

    private static Object encode(Object value) {
        if (value == null || value instanceof Boolean || value instanceof String) return value;
        if (value instanceof Kept kept) return kept.value();
        if (value instanceof Integer number) return number;
        if (value instanceof Long number && Math.abs(number) <= EXACT) return number;
        if (value instanceof Long || value instanceof BigInteger) return Map.of("int", value.toString());
        if (value instanceof byte[] bytes) return Map.of("bytes", HexFormat.of().formatHex(bytes));
        if (value instanceof Tuple tuple) return Map.of("tuple", encoded(tuple.items()));
        if (value instanceof List<?> items) return Map.of("list", encoded(items));
        if (value instanceof Calls.Socket socket) {
            Long number = NUMBERS.get(socket);
            if (number == null) {
                number = ++last;
                NUMBERS.put(socket, number);
                SOCKETS.put(number, socket);
            }
            return Map.of("object", number, "kind", "socket");
        }
        return Map.of("opaque", value.toString());
    }

    private static List<Object> encoded(List<?> items) {
        List<Object> result = new ArrayList<>();
        for (Object item : items) result.add(encode(item));
        return result;
    }
}
