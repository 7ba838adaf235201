/* JSON, as much of it as the wire needs. */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory: blocks in a chain, all freed at once. */

struct block {
    struct block *next;
    size_t used, size;
};

static struct block *arena;

static void *need(void *memory) {
    if (!memory) {
        fputs("sockspec driver: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

void *keep(size_t size) {
    size = (size + 15) & ~(size_t)15;
    if (!arena || arena->size - arena->used < size) {
        size_t room = size > 65536 ? size : 65536;
        struct block *block = need(malloc(sizeof *block + room + 16));
        block->next = arena;
        block->used = 0;
        block->size = room;
        arena = block;
    }
    char *start = (char *)arena + ((sizeof *arena + 15) & ~(size_t)15) + arena->used;
    arena->used += size;
    return start;
}

void free_tree(void) {
    while (arena) {
        struct block *next = arena->next;
        free(arena);
        arena = next;
    }
}

/* The reader. */

static char *at, *end;

static void skip(void) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
}

static int hex4(unsigned *code) {
    *code = 0;
    if (end - at < 4) return 0;
    for (int i = 0; i < 4; i++, at++) {
        char c = *at;
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) return 0;
        *code = *code << 4 | (unsigned)digit;
    }
    return 1;
}

static char *utf8(char *to, unsigned code) {
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 63));
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    }
    return to;
}

/* Text is never longer than its escaped form, so it is put where that stood. */
static int text(char **start, size_t *length) {
    char *to = ++at;
    *start = to;
    while (at < end && *at != '"') {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
        if (++at >= end) return 0;
        if (*at == 'u') {
            unsigned code, low;
            at++;
            if (!hex4(&code)) return 0;
            if (code >= 0xd800 && code < 0xdc00 && end - at > 6 && at[0] == '\\' && at[1] == 'u') {
                at += 2;
                if (!hex4(&low)) return 0;
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            }
            to = utf8(to, code);
        } else {
            const char *letter = strchr(letters, *at++);
            if (!letter) return 0;
            *to++ = meant[letter - letters];
        }
    }
    if (at >= end) return 0;
    at++; /* the quote, where the NUL may go */
    *to = 0;
    *length = (size_t)(to - *start);
    return 1;
}

static struct json *value(int room);

static int members(struct json *into, char close, int room) {
    struct json **last = &into->first;
    at++;
    for (skip(); at < end && *at != close; skip()) {
        char *key = NULL;
        size_t length;
        if (into->first) {
            if (*at++ != ',') return 0;
            skip();
        }
        if (close == '}') {
            if (at >= end || *at != '"' || !text(&key, &length)) return 0;
            skip();
            if (at >= end || *at++ != ':') return 0;
        }
        struct json *item = value(room);
        if (!item) return 0;
        item->key = key;
        *last = item;
        last = &item->next;
    }
    return at++ < end;
}

static struct json *value(int room) {
    struct json *made = keep(sizeof *made);
    memset(made, 0, sizeof *made);
    skip();
    if (at >= end || !room) return NULL;
    if (*at == '"') {
        made->kind = TEXT;
        return text(&made->text, &made->length) ? made : NULL;
    }
    if (*at == '[' || *at == '{') {
        char close = *at == '[' ? ']' : '}';
        made->kind = *at == '[' ? ARRAY : OBJECT;
        return members(made, close, room - 1) ? made : NULL;
    }
    static const struct { const char *word; enum kind kind; int truth; } words[] = {
        {"null", NOTHING, 0}, {"true", TRUTH, 1}, {"false", TRUTH, 0}};
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i].word);
        if ((size_t)(end - at) >= length && !memcmp(at, words[i].word, length)) {
            at += length;
            made->kind = words[i].kind;
            made->truth = words[i].truth;
            return made;
        }
    }
    char *start = at;
    while (at < end && strchr("+-.eE0123456789", *at)) at++;
    made->kind = NUMBER;
    made->length = (size_t)(at - start);
    made->text = keep(made->length + 1);
    memcpy(made->text, start, made->length);
    made->text[made->length] = 0;
    return made->length ? made : NULL;
}

struct json *parse(char *line, size_t length) {
    at = line;
    end = line + length;
    struct json *made = value(128);
    skip();
    return at == end ? made : NULL;
}

struct json *member(const struct json *object, const char *name) {
    for (struct json *item = object && object->kind == OBJECT ? object->first : NULL; item; item = item->next)
        if (!strcmp(item->key, name)) return item;
    return NULL;
}

size_t count(const struct json *list) {
    size_t found = 0;
    for (const struct json *item = list->first; item; item = item->next) found++;
    return found;
}

/* The writer. */

static char *out;
static size_t used, room;

void put_bytes(const char *bytes, size_t length) {
    if (room - used < length) {
        room = (used + length) * 2;
        out = need(realloc(out, room));
    }
    memcpy(out + used, bytes, length);
    used += length;
}

void put(const char *words) { put_bytes(words, strlen(words)); }

void put_number(long long number) {
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", number);
    put(digits);
}

void put_hex(const char *bytes, size_t length) {
    static const char digits[] = "0123456789abcdef";
    put("\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        char pair[2] = {digits[byte >> 4], digits[byte & 15]};
        put_bytes(pair, 2);
    }
    put("\"");
}

static int is_utf8(const unsigned char *byte, size_t length) {
    while (length) {
        size_t more = *byte < 0x80 ? 0 : *byte >= 0xc2 && *byte < 0xe0 ? 1 : *byte >= 0xe0 && *byte < 0xf0 ? 2 : *byte >= 0xf0 && *byte < 0xf5 ? 3 : 9;
        if (more >= length) return 0;
        for (size_t i = 1; i <= more; i++)
            if ((byte[i] & 0xc0) != 0x80) return 0;
        if ((*byte == 0xe0 && byte[1] < 0xa0) || (*byte == 0xed && byte[1] > 0x9f) || (*byte == 0xf0 && byte[1] < 0x90) || (*byte == 0xf4 && byte[1] > 0x8f)) return 0;
        byte += more + 1;
        length -= more + 1;
    }
    return 1;
}

void put_text(const char *bytes, size_t length) {
    if (!is_utf8((const unsigned char *)bytes, length)) {
        put("{\"str\":");
        put_hex(bytes, length);
        put("}");
        return;
    }
    put("\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '"' || byte == '\\' || byte < 0x20) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", byte);
            put(escape);
        } else {
            put_bytes(bytes + i, 1);
        }
    }
    put("\"");
}

const char *written(size_t *length) {
    *length = used;
    return out;
}

void rewind_to(size_t length) { used = length; }
