/** A reply that is no outcome of the call: unsupported, inexpressible, fault. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    final String kind;

    Refused(String kind, String text) {
        super(text, null, false, false);
        this.kind = kind;
    }

    static Refused lacking(String text) {
        return new Refused("unsupported", text);
    }

    static Refused inexpressible(String text) {
        return new Refused("inexpressible", text);
    }
}
