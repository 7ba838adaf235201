//! The pieces of a Python script, in the order in which they stand in it.

use crate::templates::Piece;

macro_rules! pieces {
    ($($name:literal: $needs:expr, $imports:expr;)*) => {
        &[$(Piece {
            name: $name,
            text: include_str!(concat!("../../templates/python/", $name, ".py")),
            needs: &$needs,
            imports: &$imports,
        }),*]
    };
}

/// Every piece with the pieces and the modules that it needs.
pub(super) const PIECES: &[Piece] = pieces! {
    "text": [], [];
    "filler": [], [];
    "path": [], ["atexit", "os", "shutil", "tempfile"];
    "library_text": [], ["ctypes"];
    "anything": [], [];
    "a_str": [], [];
    "some_bytes": [], [];
    "an_int": [], ["numbers"];
    "a_bool": [], [];
    "a_float": [], [];
    "a_tuple": [], [];
    "a_list": [], [];
    "a_class": [], [];
    "a_socket": [], [];
    "a_file": [], ["io"];
    "int_in": [], ["numbers"];
    "regex": [], ["re"];
    "each": ["matches"], [];
    "one_of": ["matches"], [];
    "members": ["matches"], [];
    "assign": ["matches"], [];
    "unordered": ["assign"], [];
    "contains": ["assign"], [];
    "matches": ["anything"], ["numbers", "types"];
    "is_a": [], [];
    "meets": ["is_a", "matches"], [];
    "hang": [], ["signal"];
    "failed": [], ["sys", "traceback"];
    "peer": [], [];
    "accept": [], [];
    "send": [], [];
    "recv_exactly": [], [];
    "reset": [], ["struct"];
    "background": ["hang"], ["threading"];
    "drain": ["background"], [];
    "feed": ["background"], [];
    "forget": [], ["gc"];
    "end": [], ["sys"];
    "shown": [], [];
    "step": ["end", "shown"], ["sys"];
};
