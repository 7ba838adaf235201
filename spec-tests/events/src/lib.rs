//! What a sockspec run says: the closed set of events that every reporter consumes
