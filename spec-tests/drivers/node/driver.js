#!/usr/bin/env node
// Puts Node's dns and os modules behind sockspec's wire: what of the document they have a counterpart of.
//
// Requests come as JSON lines on standard input, replies leave on standard output. Node has no socket that is made first and
// bound or connected later, and nothing that waits: net's servers and connections are other things, and unsupported.
'use strict';
const dns = require('dns').promises;
const { ADDRCONFIG, ALL, V4MAPPED } = require('dns');
const fs = require('fs');
const os = require('os');
const util = require('util');

console.log = console.info = console.error;

class Refused extends Error {
  constructor(kind, text) {
    super(text);
    this.kind = kind;
  }
}

const lacks = (text) => new Refused('unsupported', text);
const inexpressible = (text) => new Refused('inexpressible', text);

// What the modules know: the flags of lookup(), the numbers of errors.
const CONSTANTS = { AI_ADDRCONFIG: ADDRCONFIG, AI_ALL: ALL, AI_V4MAPPED: V4MAPPED, AF_INET: 2, AF_INET6: 10, AF_UNSPEC: 0 };
Object.assign(CONSTANTS, os.constants.errno);
// Errors of lookup() have a code and no number; these are the C library's own.
const EAI = { ENOTFOUND: -2, EAI_AGAIN: -3, EAI_FAIL: -4, EAI_NODATA: -5, EAI_BADFLAGS: -1, EAI_FAMILY: -6, EAI_SERVICE: -8 };
const FAMILIES = { 0: 0, 2: 4, 10: 6 };

// Text is UTF-16, bytes are a Buffer. What has no other form goes back as it came.
class Kept {
  constructor(value) {
    this.value = value;
  }
}
class Tuple {
  constructor(items) {
    this.items = items;
  }
}

function constant(names) {
  let result = 0;
  for (const name of names.split('|')) {
    if (!(name in CONSTANTS)) throw lacks(`Node has no constant ${name}`);
    result |= CONSTANTS[name];
  }
  return result;
}

function decode(value) {
  if (typeof value !== 'object' || value === null) return value;
  if ('object' in value) throw new Refused('fault', `no object has the number ${value.object}`);
  const [[tag, content]] = Object.entries(value);
  switch (tag) {
    case 'tuple': return new Tuple(content.map(decode));
    case 'list': return content.map(decode);
    case 'bytes': return Buffer.from(content, 'hex');
    case 'const': return constant(content);
    case 'int': return BigInt(content);
    case 'str': case 'float': return new Kept(value);
    default: throw new Refused('fault', `no value has the tag ${tag}`);
  }
}

function encode(value) {
  if (value === undefined) return null;
  if (value instanceof Kept) return value.value;
  if (value instanceof Tuple) return { tuple: value.items.map(encode) };
  if (Array.isArray(value)) return { list: value.map(encode) };
  if (Buffer.isBuffer(value)) return { bytes: value.toString('hex') };
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number' && !Number.isInteger(value)) return { float: String(value) };
  return typeof value === 'object' && value !== null ? { opaque: util.inspect(value) } : value;
}

// Node checks types itself; only what it would take for something else is kept from it.
function plain(value) {
  if (value instanceof Kept || typeof value === 'bigint') throw inexpressible('JavaScript has no such text or number');
  return value instanceof Tuple ? value.items : value;
}

function family(value) {
  if (!(value in FAMILIES)) throw inexpressible('lookup() knows the families 0, 4 and 6');
  return FAMILIES[value];
}

const FUNCTIONS = {
  // lookup() gives addresses alone: no types, protocols or names, and it takes no service.
  async getaddrinfo(host, port, wanted = 0, type = 0, protocol = 0, flags = 0) {
    if (type || protocol) throw inexpressible('lookup() takes no type and no protocol');
    if (typeof port !== 'number') throw inexpressible('lookup() takes no service');
    await dns.lookup(plain(host), { all: true, verbatim: true, family: family(wanted), hints: flags });
    throw lacks('lookup() gives no types and no protocols');
  },
  async getnameinfo(sockaddr, flags) {
    if (flags) throw inexpressible('lookupService() takes no flags');
    if (!(sockaddr instanceof Tuple) || sockaddr.items.length !== 2) throw inexpressible('lookupService() takes an address and a port');
    const found = await dns.lookupService(...sockaddr.items.map(plain));
    return new Tuple([found.hostname, found.service]);
  },
  async gethostbyname(name) {
    return (await dns.lookup(plain(name), { family: 4 })).address;
  },
  gethostname: () => os.hostname(),
};
const COUNTS = { getaddrinfo: [2, 6], getnameinfo: [2, 2], gethostbyname: [1, 1], gethostname: [0, 0] };

function raised(error) {
  const own = [];
  for (let each = Object.getPrototypeOf(error); each && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    own.push(each.constructor.name);
  }
  const ofLookup = error.syscall === 'getaddrinfo' || error.syscall === 'getnameinfo';
  const number = EAI[error.code] ?? error.errno;
  const classes = ofLookup ? ['gaierror', 'error', ...own] : own;
  return { classes, args: ofLookup ? [number, error.message] : [error.message], text: error.message };
}

async function call(request) {
  if (request.on) throw new Refused('fault', `no object has the number ${request.on.object}`);
  if (Object.keys(request.named ?? {}).length) throw inexpressible('these have no arguments by keyword');
  const name = request.name;
  const args = request.args.map(decode);
  if (!Object.hasOwn(FUNCTIONS, name)) throw lacks(`Node has no ${name}`);
  if (args.length < COUNTS[name][0] || args.length > COUNTS[name][1]) throw inexpressible(`${name} takes another number of arguments`);
  try {
    return { returned: encode(await FUNCTIONS[name](...args)) };
  } catch (error) {
    if (error instanceof Refused) throw error;
    return { raised: raised(error) };
  }
}

// Work for benchmarks: a function many times over, each call awaited as a program would. Nothing else of it: Node's sockets
// are of another kind, and its getaddrinfo() gives less than the document's.
const REPEATED = {
  getnameinfo: (...args) => FUNCTIONS.getnameinfo(...args),
  gethostbyname: (name) => dns.lookup(plain(name), { family: 4 }),
};

async function work(request) {
  if (request.on || request.message !== undefined) throw lacks('Node has no socket that is made first and used later');
  const { name, times } = request;
  if (name !== undefined && !Object.hasOwn(REPEATED, name)) throw lacks(`${name} is not measured`);
  const once = name === undefined ? async () => {} : REPEATED[name];
  const args = (request.args ?? []).map(decode);
  const start = process.hrtime.bigint();
  for (let left = times; left > 0; left--) {
    try {
      await once(...args);
    } catch (error) { // to fail is an answer too: that a host is unknown
      if (error instanceof Refused) throw error;
    }
  }
  return { took: [Number(process.hrtime.bigint() - start)] };
}

function hello(request) {
  if (request.protocol !== 1) throw new Refused('fault', 'this driver speaks protocol 1');
  return { hello: {
    protocol: 1, name: 'Node', version: process.versions.node, edition: '3', strings: 'distinct',
    platform: `${os.type()} ${process.arch}`, constants: CONSTANTS, capabilities: [],
  } };
}

async function operate(request) {
  switch (request.op) {
    case 'hello': return hello(request);
    case 'call': return call(request);
    case 'work': return work(request);
    case 'get': return { returned: constant(request.name) };
    case 'reset': return { reset: true };
    case 'ping': return { pong: true };
    case 'echo': return { returned: encode(decode(request.value)) };
    default: throw new Refused('fault', `no operation is called ${request.op}`);
  }
}

async function main() {
  const lines = require('readline').createInterface({ input: process.stdin, crlfDelay: Infinity });
  for await (const line of lines) {
    let id = null;
    let reply;
    try {
      const request = JSON.parse(line);
      id = request.id;
      reply = await operate(request);
    } catch (error) {
      reply = { [error.kind ?? 'fault']: error.message };
    }
    fs.writeSync(1, JSON.stringify({ id, ...reply }) + '\n');
  }
}

main();
