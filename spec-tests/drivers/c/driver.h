/* What the driver's parts share: the wire (driver.c), the C library's calls (calls.c), many of them in a row (work.c). */
#ifndef SOCKSPEC_DRIVER_H
#define SOCKSPEC_DRIVER_H

#include "json.h"

/* A call under way. */
struct call {
    const char *name;
    struct json *args;  /* a list */
    struct json *on;    /* the object whose method it is, or NULL */
};

/* Ends the request with a reply of that kind: unsupported, inexpressible, fault. */
void refuse(const char *kind, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
/* Ends it with an exception of the document's class, with a number where there is one, and a text. */
void raise_pair(const char *class, int number, const char *text) __attribute__((noreturn));
void raise_message(const char *text) __attribute__((noreturn));

/* The number of the constant, or of several joined by '|'. */
long long constant(const char *names);
/* Calls; what is returned is written as the reply. */
void invoke(const struct call *call);
/* Does what a request for work says, and writes how long it took. */
void work(const struct json *request);
/* Closes every socket and forgets it. */
void reset(void);
/* Writes the object of that number; a fault where there is none. */
void put_object(const struct json *reference);
/* The bytes of text or bytes; 0 where the value is neither. */
int bytes_of(const struct json *value, char **bytes, size_t *length);
/* An integer; 0 where the value is none. */
int integer_of(const struct json *value, long long *number);
/* The members of a tuple; NULL where the value is none. */
struct json *tuple_of(const struct json *value);

#endif
