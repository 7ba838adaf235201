/* What calls.c lends to work.c: the arguments of a call, taken apart. */
#ifndef SOCKSPEC_CALLS_H
#define SOCKSPEC_CALLS_H

#include "driver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

union address {
    struct sockaddr any;
    struct sockaddr_in inet;
    struct sockaddr_in6 inet6;
    struct sockaddr_un local;
    struct sockaddr_storage storage;
};

/* What getaddrinfo() is asked. */
struct lookup {
    char digits[24], *host, *service;
    struct addrinfo hints;
};

/* The call whose arguments the others take. */
void take_args(const struct call *call);
char *text(size_t at);
void lookup_of_args(struct lookup *into);
socklen_t nameinfo_of_args(union address *address, int *flags);
/* The packed address of gethostbyaddr(), and its family. */
int packed_of_args(struct in6_addr *packed);
/* The socket's descriptor, and a descriptor that is closed when the sockets are. */
int descriptor_of(const struct json *reference);
void adopt(int descriptor);
/* Raises what errno says. */
void fail(void) __attribute__((noreturn));

#endif
