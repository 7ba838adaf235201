import java.util.List;

/** A tuple of the wire; a list is a List. */
record Tuple(List<Object> items) {
    static Tuple of(Object... items) {
        return new Tuple(List.of(items));
    }
}
