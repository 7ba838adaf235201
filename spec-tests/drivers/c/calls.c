/* The document's functions and methods as the C library's calls, one by one.
 *
 * Nothing is repaired: what C's types cannot take is inexpressible, what the library lacks is unsupported. The document's
 * own spellings are C's constants here: None and '' are NULL, '' and '<broadcast>' are INADDR_ANY and INADDR_BROADCAST. */
#include "calls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sockets by number, from 1. */
static struct { int descriptor, family; } sockets[4096];
static size_t made;
static const struct call *now;

void fail(void) { raise_pair("error", errno, strerror(errno)); }
static void fail_h(void) { raise_pair("herror", h_errno, hstrerror(h_errno)); }
static void fail_eai(int number) { raise_pair("gaierror", number, gai_strerror(number)); }
static long long check(long long result) {
    if (result < 0) fail();
    return result;
}

static void put_none(void) { put("null"); }

static void put_socket(int descriptor, int family) {
    if (made == sizeof sockets / sizeof *sockets) refuse("fault", "more sockets than this driver counts");
    sockets[made].descriptor = descriptor;
    sockets[made++].family = family;
    put("{\"object\":");
    put_number((long long)made);
    put(",\"kind\":\"socket\"}");
}

static size_t index_of(const struct json *reference) {
    struct json *object = member(reference, "object");
    long long number = 0;
    if (!object || !integer_of(object, &number) || number < 1 || (size_t)number > made)
        refuse("fault", "no object has the number %lld since the last reset", number);
    return (size_t)number - 1;
}

int descriptor_of(const struct json *reference) { return sockets[index_of(reference)].descriptor; }

void adopt(int descriptor) {
    if (made == sizeof sockets / sizeof *sockets) {
        close(descriptor);
        refuse("fault", "more sockets than this driver counts");
    }
    sockets[made++].descriptor = descriptor;
}

void put_object(const struct json *reference) {
    put("{\"object\":");
    put_number((long long)index_of(reference) + 1);
    put(",\"kind\":\"socket\"}");
}

void reset(void) {
    for (size_t i = 0; i < made; i++)
        if (sockets[i].descriptor >= 0) close(sockets[i].descriptor);
    made = 0;
}

/* Arguments. */

void take_args(const struct call *call) { now = call; }

static struct json *arg(size_t at) {
    struct json *item = now->args->first;
    while (item && at--) item = item->next;
    return item;
}

static long long number(size_t at, long long lowest, long long highest) {
    long long value;
    if (!integer_of(arg(at), &value)) refuse("inexpressible", "argument %u of %s is a number in C", (unsigned)at + 1, now->name);
    if (value < lowest || value > highest) refuse("inexpressible", "%lld does not fit C's type", value);
    return value;
}

static int integer(size_t at) { return (int)number(at, -2147483648LL, 2147483647LL); }
static int integer_or(size_t at, int otherwise) { return arg(at) ? integer(at) : otherwise; }
static size_t size(size_t at) { return (size_t)number(at, 0, 1LL << 40); }

/* Text as C has it: a NUL can only end it. */
static char *text_of(const struct json *value) {
    char *bytes;
    size_t length;
    if (!bytes_of(value, &bytes, &length)) refuse("inexpressible", "%s takes text in C", now->name);
    if (strlen(bytes) != length) refuse("inexpressible", "C's text ends at a NUL");
    return bytes;
}

char *text(size_t at) { return text_of(arg(at)); }
static char *data(size_t at, size_t *length) {
    char *bytes;
    if (!bytes_of(arg(at), &bytes, length)) refuse("inexpressible", "%s takes bytes in C", now->name);
    return bytes;
}

/* NULL for None and for ''. */
static char *text_or_null(size_t at) {
    if (arg(at)->kind == NOTHING) return NULL;
    char *found = text(at);
    return *found ? found : NULL;
}

/* Addresses. */

static long long item(const struct json *value, const char *what, long long highest) {
    long long found;
    if (!integer_of(value, &found)) refuse("inexpressible", "%s is a number in C", what);
    if (found < 0 || found > highest) refuse("inexpressible", "%lld does not fit %s", found, what);
    return found;
}

static socklen_t local_address(const struct json *value, union address *into) {
    char *path;
    size_t length;
    if (!bytes_of(value, &path, &length)) refuse("inexpressible", "an address of AF_UNIX is a path");
    if (length > sizeof into->local.sun_path) refuse("inexpressible", "sun_path has room for %u bytes", (unsigned)sizeof into->local.sun_path);
    if (length && *path && strlen(path) != length) refuse("inexpressible", "C's text ends at a NUL");
    into->local.sun_family = AF_UNIX;
    memcpy(into->local.sun_path, path, length);
    /* The NUL belongs to a path, where there is room for it. */
    if (length && *path && length < sizeof into->local.sun_path) length++;
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

static void resolve(const char *host, int family, union address *into) {
    struct addrinfo hints, *found;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    int why = getaddrinfo(host, NULL, &hints, &found);
    if (why) fail_eai(why);
    memcpy(into, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
}

static socklen_t address_of(const struct json *value, int family, union address *into) {
    memset(into, 0, sizeof *into);
    if (family == AF_UNIX) return local_address(value, into);
    struct json *items = tuple_of(value), *host, *port;
    size_t length = items ? count(items) : 0;
    if (length < 2 || length > 4) refuse("inexpressible", "no address of this family");
    host = items->first;
    port = host->next;
    char *name = text_of(host);
    unsigned short number = (unsigned short)item(port, "sin_port", 65535);
    if (family == AF_INET) {
        if (length > 2) refuse("inexpressible", "struct sockaddr_in has an address and a port");
        if (!*name) into->inet.sin_addr.s_addr = htonl(INADDR_ANY);
        else if (!strcmp(name, "<broadcast>")) into->inet.sin_addr.s_addr = htonl(INADDR_BROADCAST);
        else if (inet_pton(AF_INET, name, &into->inet.sin_addr) != 1) resolve(name, AF_INET, into);
        into->inet.sin_family = AF_INET;
        into->inet.sin_port = htons(number);
        return sizeof into->inet;
    }
    if (family != AF_INET6) refuse("inexpressible", "the document has no address of this family");
    if (inet_pton(AF_INET6, name, &into->inet6.sin6_addr) != 1) resolve(name, AF_INET6, into);
    into->inet6.sin6_family = AF_INET6;
    into->inet6.sin6_port = htons(number);
    if (length > 2) into->inet6.sin6_flowinfo = htonl((uint32_t)item(port->next, "sin6_flowinfo", 0xffffffffLL));
    if (length > 3) into->inet6.sin6_scope_id = (uint32_t)item(port->next->next, "sin6_scope_id", 0xffffffffLL);
    return sizeof into->inet6;
}

static void put_host(int family, const void *from) {
    char host[INET6_ADDRSTRLEN];
    if (!inet_ntop(family, from, host, sizeof host)) fail();
    put_text(host, strlen(host));
}

static void put_address(const union address *address, socklen_t length) {
    if (!length) {
        put_none();
        return;
    }
    if (address->any.sa_family == AF_UNIX) {
        size_t path = length - offsetof(struct sockaddr_un, sun_path);
        if (length <= offsetof(struct sockaddr_un, sun_path)) path = 0;
        /* Of a path, the NUL at its end is no part. */
        if (path && *address->local.sun_path) path = strnlen(address->local.sun_path, path);
        put_text(address->local.sun_path, path);
        return;
    }
    put("{\"tuple\":[");
    if (address->any.sa_family == AF_INET) {
        put_host(AF_INET, &address->inet.sin_addr);
        put(",");
        put_number(ntohs(address->inet.sin_port));
    } else {
        put_host(AF_INET6, &address->inet6.sin6_addr);
        put(",");
        put_number(ntohs(address->inet6.sin6_port));
        put(",");
        put_number(ntohl(address->inet6.sin6_flowinfo));
        put(",");
        put_number(address->inet6.sin6_scope_id);
    }
    put("]}");
}

/* Names. */

void lookup_of_args(struct lookup *into) {
    long long port;
    into->host = text_or_null(0);
    if (integer_of(arg(1), &port)) {
        snprintf(into->digits, sizeof into->digits, "%lld", port);
        into->service = into->digits;
    } else {
        into->service = text_or_null(1);
    }
    memset(&into->hints, 0, sizeof into->hints);
    into->hints.ai_family = integer_or(2, 0);
    into->hints.ai_socktype = integer_or(3, 0);
    into->hints.ai_protocol = integer_or(4, 0);
    into->hints.ai_flags = integer_or(5, 0);
}

static void do_getaddrinfo(void) {
    struct lookup lookup;
    struct addrinfo *found;
    lookup_of_args(&lookup);
    int why = getaddrinfo(lookup.host, lookup.service, &lookup.hints, &found);
    if (why) fail_eai(why);
    put("{\"list\":[");
    for (struct addrinfo *each = found; each; each = each->ai_next) {
        union address address;
        memcpy(&address, each->ai_addr, each->ai_addrlen);
        put("{\"tuple\":[");
        put_number(each->ai_family);
        put(",");
        put_number(each->ai_socktype);
        put(",");
        put_number(each->ai_protocol);
        put(",");
        put_text(each->ai_canonname ? each->ai_canonname : "", each->ai_canonname ? strlen(each->ai_canonname) : 0);
        put(",");
        put_address(&address, each->ai_addrlen);
        put(each->ai_next ? "]}," : "]}");
    }
    put("]}");
    freeaddrinfo(found);
}

socklen_t nameinfo_of_args(union address *address, int *flags) {
    struct json *items = tuple_of(arg(0));
    char *host = items && items->first ? text_of(items->first) : NULL;
    struct in6_addr packed;
    if (!host) refuse("inexpressible", "an address is a tuple");
    int family = inet_pton(AF_INET, host, &packed) == 1 ? AF_INET : inet_pton(AF_INET6, host, &packed) == 1 ? AF_INET6 : 0;
    if (!family) refuse("inexpressible", "a struct sockaddr holds an address, not a name");
    *flags = integer(1);
    return address_of(arg(0), family, address);
}

static void do_getnameinfo(void) {
    union address address;
    char name[1025], service[256];
    int flags;
    socklen_t length = nameinfo_of_args(&address, &flags);
    int why = getnameinfo(&address.any, length, name, sizeof name, service, sizeof service, flags);
    if (why) fail_eai(why);
    put("{\"tuple\":[");
    put_text(name, strlen(name));
    put(",");
    put_text(service, strlen(service));
    put("]}");
}

static void put_entry(const struct hostent *entry) {
    put("{\"tuple\":[");
    put_text(entry->h_name, strlen(entry->h_name));
    put(",{\"list\":[");
    for (char **alias = entry->h_aliases; *alias; alias++) {
        if (alias != entry->h_aliases) put(",");
        put_text(*alias, strlen(*alias));
    }
    put("]},{\"list\":[");
    for (char **address = entry->h_addr_list; *address; address++) {
        if (address != entry->h_addr_list) put(",");
        put_host(entry->h_addrtype, *address);
    }
    put("]}]}");
}

static struct hostent *entry(void) {
    struct hostent *found = gethostbyname(text(0));
    if (!found) fail_h();
    return found;
}

static void do_gethostbyname(void) {
    struct hostent *found = entry();
    put_host(found->h_addrtype, found->h_addr_list[0]);
}

static void do_gethostbyname_ex(void) { put_entry(entry()); }

int packed_of_args(struct in6_addr *packed) {
    char *address = text(0);
    int family = inet_pton(AF_INET, address, packed) == 1 ? AF_INET : inet_pton(AF_INET6, address, packed) == 1 ? AF_INET6 : 0;
    if (!family) refuse("inexpressible", "gethostbyaddr takes a packed address in C");
    return family;
}

static void do_gethostbyaddr(void) {
    struct in6_addr packed;
    int family = packed_of_args(&packed);
    struct hostent *found = gethostbyaddr((const char *)&packed, family == AF_INET ? 4 : 16, family);
    if (!found) fail_h();
    put_entry(found);
}

static void do_gethostname(void) {
    char name[256];
    check(gethostname(name, sizeof name));
    put_text(name, strlen(name));
}

static void do_getservbyname(void) {
    struct servent *found = getservbyname(text(0), text(1));
    if (!found) raise_message("getservbyname returned NULL");
    put_number(ntohs((unsigned short)found->s_port));
}

static void do_getprotobyname(void) {
    struct protoent *found = getprotobyname(text(0));
    if (!found) raise_message("getprotobyname returned NULL");
    put_number(found->p_proto);
}

/* Numbers and packed addresses. */

static void do_ntohl(void) { put_number(ntohl((uint32_t)number(0, 0, 0xffffffffLL))); }
static void do_htonl(void) { put_number(htonl((uint32_t)number(0, 0, 0xffffffffLL))); }
static void do_ntohs(void) { put_number(ntohs((uint16_t)number(0, 0, 0xffff))); }
static void do_htons(void) { put_number(htons((uint16_t)number(0, 0, 0xffff))); }

static void do_inet_aton(void) {
    struct in_addr packed;
    if (!inet_aton(text(0), &packed)) raise_message("inet_aton returned 0");
    put("{\"bytes\":");
    put_hex((const char *)&packed, sizeof packed);
    put("}");
}

static void do_inet_ntoa(void) {
    struct in_addr packed;
    size_t length;
    char *bytes = data(0, &length);
    if (length != sizeof packed) refuse("inexpressible", "a struct in_addr has four bytes");
    memcpy(&packed, bytes, sizeof packed);
    put_text(inet_ntoa(packed), strlen(inet_ntoa(packed)));
}

/* Sockets. */

static void do_socket(void) {
    int family = integer(0);
    put_socket((int)check(socket(family, integer(1), integer_or(2, 0))), family);
}

static size_t self; /* the socket whose method is called */

static int descriptor(void) { return sockets[self].descriptor; }

static socklen_t address(size_t at, union address *into) { return address_of(arg(at), sockets[self].family, into); }

static void do_accept(void) {
    union address from;
    socklen_t length = sizeof from;
    int connected = (int)check(accept(descriptor(), &from.any, &length));
    put("{\"tuple\":[");
    put_socket(connected, sockets[self].family);
    put(",");
    put_address(&from, length);
    put("]}");
}

static void do_bind(void) {
    union address to;
    socklen_t length = address(0, &to);
    check(bind(descriptor(), &to.any, length));
    put_none();
}

static void do_close(void) {
    check(close(descriptor()));
    sockets[self].descriptor = -1;
    put_none();
}

static void do_connect(void) {
    union address to;
    socklen_t length = address(0, &to);
    check(connect(descriptor(), &to.any, length));
    put_none();
}

static void do_connect_ex(void) {
    union address to;
    socklen_t length = address(0, &to);
    put_number(connect(descriptor(), &to.any, length) ? errno : 0);
}

static void do_fileno(void) {
    if (descriptor() < 0) refuse("unsupported", "C keeps nothing of a socket that is closed");
    put_number(descriptor());
}

static void do_getpeername(void) {
    union address name;
    socklen_t length = sizeof name;
    check(getpeername(descriptor(), &name.any, &length));
    put_address(&name, length);
}

static void do_getsockname(void) {
    union address name;
    socklen_t length = sizeof name;
    check(getsockname(descriptor(), &name.any, &length));
    put_address(&name, length);
}

static void do_getsockopt(void) {
    int level = integer(0), option = integer(1), value = 0;
    socklen_t length = sizeof value;
    if (!arg(2)) {
        check(getsockopt(descriptor(), level, option, &value, &length));
        put_number(value);
        return;
    }
    length = (socklen_t)number(2, 0, 1 << 20);
    char *buffer = keep(length + 1);
    check(getsockopt(descriptor(), level, option, buffer, &length));
    put("{\"bytes\":");
    put_hex(buffer, length);
    put("}");
}

static void do_setsockopt(void) {
    int level = integer(0), option = integer(1), value;
    char *buffer = (char *)&value;
    size_t length = sizeof value;
    if (!bytes_of(arg(2), &buffer, &length)) {
        value = integer(2);
        buffer = (char *)&value;
        length = sizeof value;
    }
    check(setsockopt(descriptor(), level, option, buffer, (socklen_t)length));
    put_none();
}

static void do_listen(void) {
    check(listen(descriptor(), integer(0)));
    put_none();
}

/* With MSG_TRUNC the length may be more than the buffer has. */
static void put_received(const char *buffer, long long length, size_t room) {
    put("{\"bytes\":");
    put_hex(buffer, (size_t)length < room ? (size_t)length : room);
    put("}");
}

static void do_recv(void) {
    size_t room = size(0);
    int flags = integer_or(1, 0);
    char *buffer = malloc(room + 1);
    if (!buffer) fail();
    long long length = recv(descriptor(), buffer, room, flags);
    if (length >= 0) put_received(buffer, length, room);
    free(buffer);
    check(length);
}

static void do_recvfrom(void) {
    size_t room = size(0);
    int flags = integer_or(1, 0);
    union address from;
    socklen_t named = sizeof from;
    char *buffer = malloc(room + 1);
    if (!buffer) fail();
    long long length = recvfrom(descriptor(), buffer, room, flags, &from.any, &named);
    if (length >= 0) {
        put("{\"tuple\":[");
        put_received(buffer, length, room);
        put(",");
        put_address(&from, named);
        put("]}");
    }
    free(buffer);
    check(length);
}

static void do_send(void) {
    size_t length;
    char *bytes = data(0, &length);
    put_number(check(send(descriptor(), bytes, length, integer_or(1, 0))));
}

static void do_sendto(void) {
    size_t length;
    char *bytes = data(0, &length);
    int with_flags = arg(2) != NULL, flags = with_flags ? integer(1) : 0;
    union address to;
    socklen_t named = address(with_flags ? 2 : 1, &to);
    put_number(check(sendto(descriptor(), bytes, length, flags, &to.any, named)));
}

static void do_setblocking(void) {
    int blocking = integer(0), flags = (int)check(fcntl(descriptor(), F_GETFL));
    check(fcntl(descriptor(), F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
    put_none();
}

static void do_shutdown(void) {
    check(shutdown(descriptor(), integer(0)));
    put_none();
}

/* What there is, and how many arguments it takes. */
struct known {
    const char *name;
    void (*work)(void);
    size_t least, most;
};

#define K(name, least, most) {#name, do_##name, least, most}
static const struct known functions[] = {
    K(getaddrinfo, 2, 6), K(getnameinfo, 2, 2), K(gethostbyname, 1, 1), K(gethostbyname_ex, 1, 1), K(gethostbyaddr, 1, 1),
    K(gethostname, 0, 0), K(getservbyname, 2, 2), K(getprotobyname, 1, 1), K(ntohl, 1, 1), K(ntohs, 1, 1), K(htonl, 1, 1),
    K(htons, 1, 1), K(inet_aton, 1, 1), K(inet_ntoa, 1, 1), K(socket, 2, 3), {NULL, NULL, 0, 0}};
static const struct known methods[] = {
    K(accept, 0, 0), K(bind, 1, 1), K(close, 0, 0), K(connect, 1, 1), K(connect_ex, 1, 1), K(fileno, 0, 0),
    K(getpeername, 0, 0), K(getsockname, 0, 0), K(getsockopt, 2, 3), K(setsockopt, 3, 3), K(listen, 1, 1), K(recv, 1, 2),
    K(recvfrom, 1, 2), K(send, 1, 2), K(sendto, 2, 3), K(setblocking, 1, 1), K(shutdown, 1, 1), {NULL, NULL, 0, 0}};

void invoke(const struct call *call) {
    now = call;
    if (call->on) self = index_of(call->on);
    const struct known *known = call->on ? methods : functions;
    while (known->name && strcmp(known->name, call->name)) known++;
    if (!known->name) refuse("unsupported", "C has no %.60s", call->name);
    /* A constant that is not there makes the whole call unsupported, whatever else is wrong with it. */
    for (struct json *each = call->args->first; each; each = each->next) {
        struct json *name = member(each, "const");
        if (name && name->kind == TEXT) constant(name->text);
    }
    size_t given = count(call->args);
    if (given < known->least || given > known->most) refuse("inexpressible", "%s takes another number of arguments in C", call->name);
    known->work();
}
