/* Work for benchmarks: the library's calls many times over, with nothing of the driver inside the loops. */
#include "calls.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static long long now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Room that lasts until more of it is asked for: however a request ends, nobody has to free it. */
static void *room(size_t size) {
    static char *kept;
    static size_t has;
    if (size > has) {
        free(kept);
        kept = malloc(size);
        has = kept ? size : 0;
    }
    if (!kept) refuse("fault", "no memory for %lu bytes", (unsigned long)size);
    return kept;
}

static void put_took(const long long *took, size_t count) {
    put("\"took\":[");
    for (size_t i = 0; i < count; i++) {
        if (i) put(",");
        put_number(took[i]);
    }
    put("]");
}

static void put_whole(long long start) {
    long long took = now_ns() - start;
    put_took(&took, 1);
}

/* How often: kept from the compiler, which would leave out a loop that does nothing. */
static volatile long long left;

/* What comes of a call does not matter: that it fails is an answer too. */

static void repeat_getaddrinfo(long long times) {
    struct lookup lookup;
    struct addrinfo *found;
    lookup_of_args(&lookup);
    long long start = now_ns();
    for (left = times; left; left--)
        if (!getaddrinfo(lookup.host, lookup.service, &lookup.hints, &found)) freeaddrinfo(found);
    put_whole(start);
}

static void repeat_getnameinfo(long long times) {
    union address address;
    char name[1025], service[256];
    int flags;
    socklen_t length = nameinfo_of_args(&address, &flags);
    long long start = now_ns();
    for (left = times; left; left--) getnameinfo(&address.any, length, name, sizeof name, service, sizeof service, flags);
    put_whole(start);
}

static void repeat_gethostbyname(long long times) {
    const char *name = text(0);
    long long start = now_ns();
    for (left = times; left; left--) gethostbyname(name);
    put_whole(start);
}

static void repeat_gethostbyaddr(long long times) {
    struct in6_addr packed;
    int family = packed_of_args(&packed);
    long long start = now_ns();
    for (left = times; left; left--) gethostbyaddr((const char *)&packed, family == AF_INET ? 4 : 16, family);
    put_whole(start);
}

static void repeat(const char *name, long long times) {
    if (!strcmp(name, "getaddrinfo")) repeat_getaddrinfo(times);
    else if (!strcmp(name, "getnameinfo")) repeat_getnameinfo(times);
    /* One function of C for both of the document's. */
    else if (!strcmp(name, "gethostbyname") || !strcmp(name, "gethostbyname_ex")) repeat_gethostbyname(times);
    else if (!strcmp(name, "gethostbyaddr")) repeat_gethostbyaddr(times);
    else refuse("unsupported", "%.60s is not measured", name);
}

static void serve_streams(int listening, long long connections, size_t size) {
    int accepted[1024];
    char *buffer = room(size);
    if (connections > 1024) refuse("unsupported", "this driver serves 1024 connections at most");
    long long start = now_ns();
    for (long long i = 0; i < connections; i++) {
        accepted[i] = accept(listening, NULL, NULL);
        if (accepted[i] < 0) fail();
        adopt(accepted[i]); /* closed at the next reset */
    }
    for (;;)
        for (long long i = 0; i < connections; i++) {
            ssize_t came = recv(accepted[i], buffer, size, 0);
            if (came < 0) fail();
            if (!came) {
                put_whole(start);
                return;
            }
            if (send(accepted[i], buffer, (size_t)came, 0) < 0) fail();
        }
}

static void serve_datagrams(int bound, size_t size) {
    char *buffer = room(size);
    long long start = now_ns();
    for (;;) {
        union address from;
        socklen_t length = sizeof from;
        ssize_t came = recvfrom(bound, buffer, size, 0, &from.any, &length);
        if (came < 0) fail();
        if (!came) break;
        if (sendto(bound, buffer, (size_t)came, 0, &from.any, length) < 0) fail();
    }
    put_whole(start);
}

static void ask(const struct json *sockets, size_t size, size_t times) {
    size_t many = count(sockets);
    /* The message, what comes back, the sockets, the times. */
    long long *took = room(times * sizeof *took + many * sizeof(int) + 2 * size + 1);
    int *connected = (int *)(took + times);
    char *message = (char *)(connected + many), *buffer = message + size;
    memset(message, 'x', size);
    size_t at = 0;
    for (const struct json *each = sockets->first; each; each = each->next) connected[at++] = descriptor_of(each);
    for (size_t round = 0; round < times; round++) {
        long long start = now_ns();
        for (at = 0; at < many; at++)
            for (size_t sent = 0; sent < size;) {
                ssize_t went = send(connected[at], message + sent, size - sent, 0);
                if (went < 0) fail();
                sent += (size_t)went;
            }
        for (at = 0; at < many; at++)
            for (size_t received = 0; received < size;) {
                ssize_t came = recv(connected[at], buffer, size, 0);
                if (came < 0) fail();
                if (!came) raise_message("the server is gone");
                received += (size_t)came;
            }
        took[round] = now_ns() - start;
    }
    put_took(took, times);
}

static long long number_in(const struct json *request, const char *name) {
    struct json *value = member(request, name);
    long long number;
    if (!value || !integer_of(value, &number) || number < 0) refuse("fault", "work without its %s", name);
    return number;
}

void work(const struct json *request) {
    struct json *on = member(request, "on"), *name = member(request, "name"), *args = member(request, "args");
    if (on) {
        long long connections = number_in(request, "connections"), size = number_in(request, "buffer");
        if (connections) serve_streams(descriptor_of(on), connections, (size_t)size);
        else serve_datagrams(descriptor_of(on), (size_t)size);
        return;
    }
    long long times = number_in(request, "times");
    if (args && member(request, "message")) {
        ask(args, (size_t)number_in(request, "message"), (size_t)times);
    } else if (args && name && name->kind == TEXT) {
        struct call call = {name->text, args, NULL};
        take_args(&call);
        repeat(name->text, times);
    } else {
        long long start = now_ns();
        for (left = times; left; left--) {}
        put_whole(start);
    }
}
