/* An echo with nothing around it: a server and a client in C, a process each, both on one core. What `sockspec bench` measures
 * beside it, without sockspec. bare TRANSPORT SIZE TRIPS: the median of so many round trips after three that do not count, in
 * nanoseconds. TRANSPORT is tcp4, tcp6, udp4 or unix. */
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WARM = 3, LEAST = 1024 };

union address {
    struct sockaddr any;
    struct sockaddr_in inet;
    struct sockaddr_in6 inet6;
    struct sockaddr_un local;
};

static void die(const char *what) {
    perror(what);
    exit(1);
}

static long check(long result, const char *what) {
    if (result < 0) die(what);
    return result;
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* The last core that this process may use, and real time where it is granted, as sockspec chooses both. */
static void pin(void) {
    struct sched_param least = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_RR, &least);
    cpu_set_t set;
    check(sched_getaffinity(0, sizeof set, &set), "sched_getaffinity");
    int last = CPU_SETSIZE - 1;
    while (last && !CPU_ISSET(last, &set)) last--;
    CPU_ZERO(&set);
    CPU_SET(last, &set);
    check(sched_setaffinity(0, sizeof set, &set), "sched_setaffinity");
}

static void serve(int waiting, int datagrams, size_t room) {
    char *buffer = malloc(room);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (datagrams)
        for (;;) {
            union address from;
            socklen_t length = sizeof from;
            ssize_t came = recvfrom(waiting, buffer, room, 0, &from.any, &length);
            if (came <= 0) return;
            check(sendto(waiting, buffer, (size_t)came, 0, &from.any, length), "sendto");
        }
    int connected = (int)check(accept(waiting, NULL, NULL), "accept");
    for (;;) {
        ssize_t came = recv(connected, buffer, room, 0);
        if (came <= 0) return;
        check(send(connected, buffer, (size_t)came, 0), "send");
    }
}

static int ascending(const void *left, const void *right) {
    long long difference = *(const long long *)left - *(const long long *)right;
    return (difference > 0) - (difference < 0);
}

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: bare tcp4|tcp6|udp4|unix SIZE TRIPS\n");
        return 2;
    }
    int local = !strcmp(words[1], "unix"), six = !strcmp(words[1], "tcp6"), datagrams = !strcmp(words[1], "udp4");
    int family = local ? AF_UNIX : six ? AF_INET6 : AF_INET, type = datagrams ? SOCK_DGRAM : SOCK_STREAM;
    size_t size = strtoul(words[2], NULL, 10), trips = strtoul(words[3], NULL, 10), room = size > LEAST ? size : LEAST;
    union address address;
    memset(&address, 0, sizeof address);
    socklen_t length = local ? sizeof address.local : six ? sizeof address.inet6 : sizeof address.inet;
    address.any.sa_family = (sa_family_t)family;
    if (local) length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1
                                    + (size_t)sprintf(address.local.sun_path + 1, "sockspec-bare-%d", getpid()));
    else if (six) address.inet6.sin6_addr = in6addr_loopback;
    else address.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    pin();
    int waiting = (int)check(socket(family, type, 0), "socket");
    check(bind(waiting, &address.any, length), "bind");
    if (!datagrams) check(listen(waiting, 1), "listen");
    check(getsockname(waiting, &address.any, &length), "getsockname");
    pid_t child = (pid_t)check(fork(), "fork");
    if (!child) {
        serve(waiting, datagrams, room);
        _exit(0);
    }
    int client = (int)check(socket(family, type, 0), "socket");
    check(connect(client, &address.any, length), "connect");
    char *message = malloc(size), *answer = malloc(size);
    long long *took = malloc(trips * sizeof *took);
    memset(message, 'x', size);
    for (size_t trip = 0; trip < trips + WARM; trip++) {
        long long start = now();
        for (size_t sent = 0; sent < size;) sent += (size_t)check(send(client, message + sent, size - sent, 0), "send");
        for (size_t received = 0; received < size;) {
            long came = check(recv(client, answer + received, size - received, 0), "recv");
            if (!came) return 1;
            received += (size_t)came;
        }
        if (trip >= WARM) took[trip - WARM] = now() - start;
        if (memcmp(message, answer, size)) return 1;
    }
    if (datagrams) check(send(client, "", 0, 0), "send");
    close(client);
    waitpid(child, NULL, 0);
    qsort(took, trips, sizeof *took, ascending);
    printf("%lld\n", took[trips / 2]);
    return 0;
}
