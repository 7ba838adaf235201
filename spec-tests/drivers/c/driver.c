/* Puts the C library's own socket interface behind sockspec's wire.
 *
 * Requests come as JSON lines on standard input, replies leave on standard output. calls.c has the calls; here are the
 * wire, the values, and the names. Compile with -DLIBRARY='"name"' and -DVERSION='"version"' for who is under test. */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#define LIBRARY "glibc"
#define VERSION gnu_get_libc_version()
#elif !defined LIBRARY
/* musl has no macro to know it by. Its version is told to whoever is linked with it statically. */
#define LIBRARY "musl"
extern const char __libc_version[];
#define VERSION __libc_version
#define OWN_TEXTS
#else
#define OWN_TEXTS
#endif

struct name {
    const char *name;
    long long number;
};

#define N(name) {#name, (long long)(name)},
static const struct name names[] = {
#define CONSTANTS
#include "constants.h"
#undef CONSTANTS
};
static const struct name errnos[] = {
#define ERRNOS
#include "constants.h"
#undef ERRNOS
};
static const struct name eais[] = {
#define EAIS
#include "constants.h"
#undef EAIS
};
static const struct name h_errnos[] = {
#define H_ERRNOS
#include "constants.h"
#undef H_ERRNOS
};

#define LENGTH(table) (sizeof(table) / sizeof(*(table)))
static const struct { const struct name *names; size_t length; } tables[] = {
    {names, LENGTH(names)}, {errnos, LENGTH(errnos)}, {eais, LENGTH(eais)}, {h_errnos, LENGTH(h_errnos)}};

static const struct name *named(const char *name, size_t length) {
    for (size_t at = 0; at < LENGTH(tables); at++)
        for (size_t i = 0; i < tables[at].length; i++) {
            const struct name *found = &tables[at].names[i];
            if (strlen(found->name) == length && !memcmp(found->name, name, length)) return found;
        }
    return NULL;
}

long long constant(const char *name) {
    long long number = 0;
    for (;; name++) {
        size_t length = strcspn(name, "|");
        const struct name *found = named(name, length);
        if (!found) refuse("unsupported", "%s has no constant %.*s", LIBRARY, (int)length, name);
        number |= found->number;
        name += length;
        if (!*name) return number;
    }
}

/* Replies. */

static jmp_buf ended;
static size_t begun; /* where the reply goes on behind its id */

void refuse(const char *kind, const char *format, ...) {
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    rewind_to(begun);
    put("\"");
    put(kind);
    put("\":");
    put_text(text, strlen(text));
    longjmp(ended, 1);
}

static void raised(const char *class, const int *number, const char *text) {
    rewind_to(begun);
    put("\"raised\":{\"classes\":[\"");
    put(class);
    /* The document's two address errors are errors of the module as well. */
    put(strcmp(class, "error") ? "\",\"error\"],\"args\":[" : "\"],\"args\":[");
    if (number) {
        put_number(*number);
        put(",");
    }
    put_text(text, strlen(text));
    put("],\"text\":");
    put_text(text, strlen(text));
    put("}");
}

void raise_pair(const char *class, int number, const char *text) {
    raised(class, &number, text);
    longjmp(ended, 1);
}

void raise_message(const char *text) {
    raised("error", NULL, text);
    longjmp(ended, 1);
}

/* Values. */

static struct json *tagged(const struct json *value, const char *tag, enum kind kind) {
    struct json *content = member(value, tag);
    return content && content->kind == kind ? content : NULL;
}

static char *unhex(const struct json *digits, size_t *length) {
    char *bytes = keep(digits->length / 2 + 1);
    *length = digits->length / 2;
    for (size_t i = 0; i < *length; i++) {
        char pair[3] = {digits->text[2 * i], digits->text[2 * i + 1], 0};
        bytes[i] = (char)strtol(pair, NULL, 16);
    }
    bytes[*length] = 0;
    return bytes;
}

int bytes_of(const struct json *value, char **bytes, size_t *length) {
    struct json *digits = tagged(value, "bytes", TEXT);
    if (!digits) digits = tagged(value, "str", TEXT);
    if (digits) {
        *bytes = unhex(digits, length);
        return 1;
    }
    *bytes = value->text;
    *length = value->length;
    return value->kind == TEXT;
}

int integer_of(const struct json *value, long long *number) {
    struct json *content = value->kind == NUMBER ? (struct json *)value : tagged(value, "int", TEXT);
    if (value->kind == TRUTH) {
        *number = value->truth;
    } else if (content) {
        errno = 0;
        *number = strtoll(content->text, NULL, 10);
        if (errno) refuse("inexpressible", "C has no integer %.40s", content->text);
    } else if ((content = tagged(value, "const", TEXT))) {
        *number = constant(content->text);
    } else {
        return 0;
    }
    return 1;
}

struct json *tuple_of(const struct json *value) { return tagged(value, "tuple", ARRAY); }

static void put_value(const struct json *value);

static void put_items(const char *tag, const struct json *items) {
    put("{\"");
    put(tag);
    put("\":[");
    for (const struct json *item = items->first; item; item = item->next) {
        put_value(item);
        if (item->next) put(",");
    }
    put("]}");
}

static void put_value(const struct json *value) {
    static const char *const lists[] = {"tuple", "list"}, *const scalars[] = {"int", "float"};
    char *bytes;
    size_t length;
    struct json *content;
    for (size_t i = 0; i < 2; i++)
        if ((content = tagged(value, lists[i], ARRAY))) {
            put_items(lists[i], content);
            return;
        }
    for (size_t i = 0; i < 2; i++)
        if ((content = tagged(value, scalars[i], TEXT))) {
            put("{\"");
            put(scalars[i]);
            put("\":");
            put_text(content->text, content->length);
            put("}");
            return;
        }
    if (value->kind == NOTHING) {
        put("null");
    } else if (value->kind == TRUTH) {
        put(value->truth ? "true" : "false");
    } else if (value->kind == NUMBER && !strpbrk(value->text, ".eE")) {
        put(value->text);
    } else if ((content = tagged(value, "const", TEXT))) {
        put_number(constant(content->text));
    } else if (member(value, "object")) {
        put_object(value);
    } else if (tagged(value, "bytes", TEXT) && bytes_of(value, &bytes, &length)) {
        put("{\"bytes\":");
        put_hex(bytes, length);
        put("}");
    } else if (bytes_of(value, &bytes, &length)) {
        put_text(bytes, length);
    } else {
        refuse("fault", "a value that is none of the protocol's");
    }
}

/* Operations. */

static void hello(const struct json *request) {
    struct json *protocol = member(request, "protocol");
    long long version = 0;
    if (!protocol || !integer_of(protocol, &version) || version != 1)
        refuse("fault", "this driver speaks protocol 1, not %lld", version);
    struct utsname system;
    uname(&system);
    put("\"hello\":{\"protocol\":1,\"name\":\"" LIBRARY "\",\"version\":");
    put_text(VERSION, strlen(VERSION));
    put(",\"edition\":\"2.2\",\"strings\":\"one\",\"platform\":\"");
    put(system.sysname);
    put(" ");
    put(system.machine);
    put("\",\"constants\":{");
    const char *comma = "";
    for (size_t at = 0; at < LENGTH(tables); at++)
        for (size_t i = 0; i < tables[at].length; i++, comma = ",") {
            put(comma);
            put_text(tables[at].names[i].name, strlen(tables[at].names[i].name));
            put(":");
            put_number(tables[at].names[i].number);
        }
    put("}");
#ifdef OWN_TEXTS
    /* The document speaks of the C library's texts, and the harness only knows those of its own. */
    put(",\"texts\":{");
    comma = "";
    for (size_t at = 1; at < LENGTH(tables); at++)
        for (size_t i = 0; i < tables[at].length; i++, comma = ",") {
            int number = (int)tables[at].names[i].number;
            const char *text = at == 1 ? strerror(number) : at == 2 ? gai_strerror(number) : hstrerror(number);
            put(comma);
            put_text(tables[at].names[i].name, strlen(tables[at].names[i].name));
            put(":");
            put_text(text, strlen(text));
        }
    put("}");
#endif
    put("}");
}

static void operate(const struct json *request) {
    struct json *op = tagged(request, "op", TEXT), *name = tagged(request, "name", TEXT);
    struct json *on = member(request, "on"), *args = tagged(request, "args", ARRAY);
    if (!op) refuse("fault", "a request without an op");
    if (!strcmp(op->text, "ping")) {
        put("\"pong\":true");
    } else if (!strcmp(op->text, "hello")) {
        hello(request);
    } else if (!strcmp(op->text, "reset")) {
        reset();
        /* Some libraries leave the file of hosts where the last search ended. */
        endhostent();
        put("\"reset\":true");
    } else if (!strcmp(op->text, "forget")) {
        refuse("unsupported", "C collects nothing");
    } else if (!strcmp(op->text, "echo") && member(request, "value")) {
        put("\"returned\":");
        put_value(member(request, "value"));
    } else if (!strcmp(op->text, "work")) {
        work(request);
    } else if (!strcmp(op->text, "get") && name) {
        if (on) refuse("unsupported", "C's sockets have no attributes");
        long long number = constant(name->text);
        put("\"returned\":");
        put_number(number);
    } else if (!strcmp(op->text, "call") && name && args) {
        struct json *keywords = member(request, "named");
        if (keywords && keywords->first) refuse("inexpressible", "C has no arguments by keyword");
        struct call call = {name->text, args, on};
        put("\"returned\":");
        invoke(&call);
    } else {
        refuse("fault", "no operation is called %.40s", op->text);
    }
}

static void answer(char *line, size_t length) {
    rewind_to(0);
    begun = 0;
    struct json *request = parse(line, length), *id = tagged(request, "id", NUMBER);
    put("{\"id\":");
    put(id ? id->text : "null");
    put(",");
    written(&begun);
    if (!setjmp(ended)) {
        if (!id) refuse("fault", "a line that is no request");
        operate(request);
    }
    put("}\n");
    free_tree();
}

/* The main loop. */

/* A copy of the descriptor, out of the way of those that calls make, and closed when another program is started. */
static int aside(int descriptor) {
    int copy = fcntl(descriptor, F_DUPFD, 200);
    fcntl(copy, F_SETFD, FD_CLOEXEC);
    return copy;
}

int main(void) {
    int requests = aside(0), replies = aside(1), nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    dup2(2, 1);
    close(nothing);
    /* As every caller does who wants EPIPE from a call. */
    signal(SIGPIPE, SIG_IGN);
    size_t room = 65536, used = 0;
    char *lines = malloc(room + 1);
    for (;;) {
        if (used == room) lines = realloc(lines, (room *= 2) + 1);
        if (!lines) return 1;
        ssize_t came = read(requests, lines + used, room - used);
        if (came < 0 && errno == EINTR) continue;
        if (came <= 0) return came < 0;
        char *scanned = lines + used, *line = lines, *newline;
        used += (size_t)came;
        while ((newline = memchr(scanned, '\n', (size_t)(lines + used - scanned)))) {
            answer(line, (size_t)(newline - line));
            size_t length;
            const char *reply = written(&length);
            while (length) {
                ssize_t sent = write(replies, reply, length);
                if (sent < 0) return 1;
                reply += sent;
                length -= (size_t)sent;
            }
            line = scanned = newline + 1;
        }
        used -= (size_t)(line - lines);
        memmove(lines, line, used);
    }
}
