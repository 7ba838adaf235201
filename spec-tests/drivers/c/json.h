/* JSON, as much of it as the wire needs: a reader into a tree, and a buffer to write to. */
#ifndef SOCKSPEC_JSON_H
#define SOCKSPEC_JSON_H

#include <stddef.h>

enum kind { NOTHING, TRUTH, NUMBER, TEXT, ARRAY, OBJECT };

/* A value. All of a tree stands in one arena, which free_tree() forgets. */
struct json {
    enum kind kind;
    int truth;
    char *text; /* of TEXT its bytes, of NUMBER its digits; a NUL stands behind them */
    size_t length;
    char *key; /* the name of a member of an OBJECT */
    struct json *first, *next;
};

/* The value that a line holds; NULL where it is no JSON. */
struct json *parse(char *line, size_t length);
/* The member of that name; NULL where there is none. */
struct json *member(const struct json *object, const char *name);
size_t count(const struct json *list);
/* Room that lasts as long as the tree. */
void *keep(size_t size);
void free_tree(void);

/* The reply under way. */
void put(const char *text);
void put_bytes(const char *bytes, size_t length);
void put_number(long long number);
/* Text in quotes; {"str":hex} where it is no UTF-8. */
void put_text(const char *bytes, size_t length);
void put_hex(const char *bytes, size_t length);
const char *written(size_t *length);
/* Forgets what was written behind this place; 0 for all of it. */
void rewind_to(size_t length);

#endif
