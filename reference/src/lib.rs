//! A minimal reference implementation of the socket module that the document describes
