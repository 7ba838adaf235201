// JSON, of which Java's own library has none: objects are maps, arrays lists, integers Long.

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value();
        if (json.peek() != 0) throw json.broken();
        return value;
    }

    private IllegalArgumentException broken() {
        return new IllegalArgumentException("no JSON from character " + at + " on");
    }

    /** The next character that is no space; 0 at the end. */
    private char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
        return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean skip(char wanted) {
        if (peek() != wanted) return false;
        at++;
        return true;
    }

    private void need(char wanted) {
        if (!skip(wanted)) throw broken();
    }

    private Object value() {
        switch (peek()) {
            case '{': return object();
            case '[': return array();
            case '"': return string();
            case 't': return word("true", true);
            case 'f': return word("false", false);
            case 'n': return word("null", null);
            default: return number();
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) throw broken();
        at += word.length();
        return value;
    }

    private Long number() {
        int start = at;
        while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) at++;
        try {
            return Long.valueOf(text.substring(start, at));
        } catch (NumberFormatException error) {
            throw broken();
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        need('{');
        if (skip('}')) return members;
        do {
            if (peek() != '"') throw broken();
            String key = string();
            need(':');
            members.put(key, value());
        } while (skip(','));
        need('}');
        return members;
    }

    private List<Object> array() {
        List<Object> items = new ArrayList<>();
        need('[');
        if (skip(']')) return items;
        do {
            items.add(value());
        } while (skip(','));
        need(']');
        return items;
    }

    private String string() {
        StringBuilder result = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char next = text.charAt(at);
            if (next == '"') {
                at++;
                return result.toString();
            }
            result.append(next == '\\' ? escaped() : next);
        }
        throw broken();
    }

    /** The character that stands behind a backslash; `at` stays on the last that was read. */
    private char escaped() {
        if (++at >= text.length()) throw broken();
        char kind = text.charAt(at);
        switch (kind) {
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u':
                if (at + 4 >= text.length()) throw broken();
                at += 4;
                return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
            default: return kind;
        }
    }

    static String print(Object value) {
        StringBuilder out = new StringBuilder();
        print(value, out);
        return out.toString();
    }

    private static void print(Object value, StringBuilder out) {
        if (value instanceof String text) {
            quote(text, out);
        } else if (value instanceof Map<?, ?> members) {
            String before = "{";
            for (Map.Entry<?, ?> member : members.entrySet()) {
                out.append(before);
                quote((String) member.getKey(), out);
                out.append(':');
                print(member.getValue(), out);
                before = ",";
            }
            out.append(members.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> items) {
            String before = "[";
            for (Object item : items) {
                out.append(before);
                print(item, out);
                before = ",";
            }
            out.append(items.isEmpty() ? "[]" : "]");
        } else {
            out.append(value);
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next == '"' || next == '\\') {
                out.append('\\').append(next);
            } else if (next < ' ') {
                out.append("\\u00").append(Character.forDigit(next >> 4, 16)).append(Character.forDigit(next & 15, 16));
            } else {
                out.append(next);
            }
        }
        out.append('"');
    }
}
