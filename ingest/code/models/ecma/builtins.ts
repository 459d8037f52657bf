// What the standard library does with functions and containers, as code that does the same.
// `x[+0]` stands for any element of x; a parameter that is never given (k) is an unknown key.
// What iterating over a container yields are its elements.

export class Object {
  constructor: any;
  hasOwnProperty(k) {}
  isPrototypeOf(k) {}
  propertyIsEnumerable(k) {}

  static assign(target, ...sources) {
    target.$spread = sources[+0];
    return target;
  }
  static create(proto) {
    const made = {};
    made.__proto__ = proto;
    return made;
  }
  static defineProperty(target, key, descriptor) {
    target[key] = descriptor.value;
    return target;
  }
  static defineProperties(target, descriptors, k) {
    target[k] = descriptors[k].value;
    return target;
  }
  static freeze(o) { return o; }
  static seal(o) { return o; }
  static preventExtensions(o) { return o; }
  static getPrototypeOf(o) { return o.__proto__; }
  static setPrototypeOf(o, proto) { o.__proto__ = proto; return o; }
  static keys(o) { const all = []; all[+0] = "" + ""; return all; }
  static getOwnPropertyNames(o) { return []; }
  static getOwnPropertySymbols(o) { return []; }
  static values(o, k) { const all = []; all[+0] = o[k]; return all; }
  static entries(o, k) { const all = []; all[+0] = ["" + "", o[k]]; return all; }
  static fromEntries(entries, k) { const made = {}; made[entries[+0][0]] = entries[+0][1]; return made; }
  static getOwnPropertyDescriptor(o, key) { return { value: o[key] }; }
  static groupBy(items, f) { const all = []; all[+0] = items[+0]; const made = {}; made[f(items[+0])] = all; return made; }
  static is(a, b) {}
  static isFrozen(o) {}
  static hasOwn(o, k) {}
}

export class Function {
  toString() { return ""; }
}

export class String {
  replace(pattern, by) { by(); return "" + ""; }
  replaceAll(pattern, by) { by(); return "" + ""; }
  split(by) { const all = []; all[+0] = "" + ""; return all; }
  match(pattern) { const all = []; all[+0] = "" + ""; return all; }
  matchAll(pattern) { const all = []; all[+0] = "" + ""; return all; }
  trim() { return "" + ""; }
  trimStart() { return "" + ""; }
  trimEnd() { return "" + ""; }
  toUpperCase() { return "" + ""; }
  toLowerCase() { return "" + ""; }
  slice(a, b) { return "" + ""; }
  substring(a, b) { return "" + ""; }
  substr(a, b) { return "" + ""; }
  concat(a) { return "" + ""; }
  repeat(n) { return "" + ""; }
  padStart(n) { return "" + ""; }
  padEnd(n) { return "" + ""; }
  normalize() { return "" + ""; }
  charAt(n) { return "" + ""; }
  at(n) { return "" + ""; }
  charCodeAt(n) {}
  codePointAt(n) {}
  indexOf(x) {}
  lastIndexOf(x) {}
  includes(x) {}
  startsWith(x) {}
  endsWith(x) {}
  search(x) {}
  localeCompare(x) {}
  static raw(x) { return "" + ""; }
  static fromCharCode(x) { return "" + ""; }
}

export class RegExp {
  exec(s) { const all = []; all[+0] = "" + ""; return all; }
  test(s) {}
}

export class Array<T> {
  constructor(...items) { this[+0] = items[+0]; }
  map(f, self) { const out = []; out[+0] = f.call(self, this[+0], 0, this); return out; }
  forEach(f, self) { f.call(self, this[+0], 0, this); }
  filter(f, self) { f.call(self, this[+0], 0, this); const out = []; out[+0] = this[+0]; return out; }
  find(f, self) { f.call(self, this[+0], 0, this); return this[+0]; }
  findLast(f, self) { f.call(self, this[+0], 0, this); return this[+0]; }
  findIndex(f, self) { f.call(self, this[+0], 0, this); }
  findLastIndex(f, self) { f.call(self, this[+0], 0, this); }
  some(f, self) { f.call(self, this[+0], 0, this); }
  every(f, self) { f.call(self, this[+0], 0, this); }
  flatMap(f, self) {
    const out = [];
    const one = f.call(self, this[+0], 0, this);
    out[+0] = one;
    out[+0] = one[+0];
    return out;
  }
  reduce(f, start) {
    const kept = {};
    kept.v = start;
    kept.v = this[+0];
    kept.v = f(kept.v, this[+0], 0, this);
    return kept.v;
  }
  reduceRight(f, start) {
    const kept = {};
    kept.v = start;
    kept.v = this[+0];
    kept.v = f(kept.v, this[+0], 0, this);
    return kept.v;
  }
  sort(f) { f(this[+0], this[+0]); return this; }
  toSorted(f) { f(this[+0], this[+0]); const out = []; out[+0] = this[+0]; return out; }
  push(...items) { this[+0] = items[+0]; }
  unshift(...items) { this[+0] = items[+0]; }
  pop() { return this[+0]; }
  shift() { return this[+0]; }
  at(i) { return this[+0]; }
  slice(a, b) { const out = []; out[+0] = this[+0]; return out; }
  splice(a, b, ...items) { this[+0] = items[+0]; const out = []; out[+0] = this[+0]; return out; }
  concat(...others) {
    const out = [];
    out[+0] = this[+0];
    out[+0] = others[+0];
    out[+0] = others[+0][+0];
    return out;
  }
  flat(depth) { const out = []; out[+0] = this[+0]; out[+0] = this[+0][+0]; return out; }
  reverse() { return this; }
  toReversed() { const out = []; out[+0] = this[+0]; return out; }
  fill(x) { this[+0] = x; return this; }
  copyWithin() { return this; }
  with(i, x) { const out = []; out[+0] = this[+0]; out[+0] = x; return out; }
  toSpliced(a, b, ...items) { const out = []; out[+0] = this[+0]; out[+0] = items[+0]; return out; }
  keys() { return []; }
  values() { const out = []; out[+0] = this[+0]; return out; }
  entries() { const out = []; out[+0] = [0, this[+0]]; return out; }
  join(by) { this[+0].$text(); return "" + ""; }
  indexOf(x) {}
  lastIndexOf(x) {}
  includes(x) {}
  next() { return { value: this[+0] }; }

  static from(items, f, self) {
    const out = [];
    for (const item of items) {
      out[+0] = item;
      out[+0] = f.call(self, item, 0);
    }
    f.call(self, undefined, 0);
    return out;
  }
  static of(...items) { return items; }
  static isArray(x) {}
}

export class Map<K, V> {
  constructor(entries) {
    this.$map = {};
    for (const entry of entries) {
      this.$map[entry[0]] = entry[1];
      this.$keys = entry[0];
      this[+0] = [entry[0], entry[1]];
    }
  }
  set(k, v) {
    this.$map[k] = v;
    this.$keys = k;
    this[+0] = [k, v];
    return this;
  }
  get(k): V { return this.$map[k]; }
  has(k) {}
  delete(k) {}
  clear() {}
  forEach(f, self) { f.call(self, this[+0][1], this[+0][0], this); }
  keys() { const out = []; out[+0] = this[+0][0]; return out; }
  values() { const out = []; out[+0] = this[+0][1]; return out; }
  entries() { const out = []; out[+0] = this[+0]; return out; }
}

export class WeakMap<K, V> {
  set(k, v) { this.$v = v; return this; }
  get(k): V { return this.$v; }
  has(k) {}
  delete(k) {}
}

export class Set<T> {
  constructor(items) { for (const item of items) this[+0] = item; }
  add(x) { this[+0] = x; return this; }
  has(x) {}
  delete(x) {}
  clear() {}
  forEach(f, self) { f.call(self, this[+0], this[+0], this); }
  keys() { const out = []; out[+0] = this[+0]; return out; }
  values() { const out = []; out[+0] = this[+0]; return out; }
  entries() { const out = []; out[+0] = [this[+0], this[+0]]; return out; }
  union(other) { const out = new Set(); out[+0] = this[+0]; out[+0] = other[+0]; return out; }
  intersection(other) { return this; }
  difference(other) { return this; }
}

export class WeakSet<T> {
  add(x) { return this; }
  has(x) {}
  delete(x) {}
}

export class WeakRef<T> {
  constructor(x) { this.$v = x; }
  deref(): T { return this.$v; }
}

export class Promise<T> {
  constructor(executor) {
    const promise = this;
    executor(
      (x) => { promise["[value]"] = x; promise["[value]"] = x["[value]"]; },
      (e) => { promise.$error = e; },
    );
  }
  then(done, failed) {
    return settledBy(done(this["[value]"]), failed(this.$error));
  }
  catch(failed) {
    return settledBy(failed(this.$error), this);
  }
  finally(f) { f(); return this; }

  static resolve(x) { return settledBy(x, x); }
  static reject(e) { const made = settledBy(); made.$error = e; return made; }
  static all(items) {
    const all = [];
    for (const item of items) {
      all[+0] = item;
      all[+0] = item["[value]"];
    }
    all[0] = items[0]["[value]"];
    all[1] = items[1]["[value]"];
    all[2] = items[2]["[value]"];
    all[3] = items[3]["[value]"];
    return settledBy(all, all);
  }
  static allSettled(items) {
    const all = [];
    for (const item of items) all[+0] = { value: item["[value]"], reason: item.$error };
    return settledBy(all, all);
  }
  static race(items) { return settledBy(items[+0], items[+0]); }
  static any(items) { return settledBy(items[+0], items[+0]); }
  static withResolvers() {
    const promise = settledBy();
    return { promise, resolve: (x) => { promise["[value]"] = x; }, reject: (e) => { promise.$error = e; } };
  }
}

export class Generator<T> {
  next(sent) { this.$sent = sent; return { value: this[+0], done: false }; }
  return(x) { return { value: x, done: true }; }
  throw(e) { return { value: this[+0], done: true }; }
}

export class Error {
  message: string;
  stack: string;
  name: string;
  cause: any;
  constructor(message) {}
  toString() { return ""; }
  static captureStackTrace(o) {}
}
export class TypeError extends Error {}
export class RangeError extends Error {}
export class SyntaxError extends Error {}
export class ReferenceError extends Error {}
export class EvalError extends Error {}
export class URIError extends Error {}
export class AggregateError extends Error {}

export class Proxy {
  constructor(target, handler) { return target; }
}

export class Reflect {
  static apply(f, self, args) { return f.apply(self, args); }
  static construct(C, args) { return new C(...args); }
  static get(o, k) { return o[k]; }
  static set(o, k, v) { o[k] = v; }
  static has(o, k) {}
  static ownKeys(o) { return []; }
  static getPrototypeOf(o) { return o.__proto__; }
  static setPrototypeOf(o, p) { o.__proto__ = p; }
  static defineProperty(o, k, d) { o[k] = d.value; }
  static deleteProperty(o, k) {}
}

export class JSON {
  static parse(text, revive) { revive("" + "", undefined); }
  static stringify(x, replace, k) {
    x.toJSON();
    x[k].toJSON();
    replace("" + "", x);
    return "" + "";
  }
}

export class Math {
  static max() {} static min() {} static floor() {} static ceil() {} static round() {} static abs() {}
  static random() {} static pow() {} static sqrt() {} static trunc() {} static sign() {} static log() {}
  static exp() {} static sin() {} static cos() {} static tan() {} static atan2() {} static hypot() {}
  static log2() {} static log10() {} static cbrt() {} static fround() {} static imul() {} static clz32() {}
}

export class console {
  static log() {} static error() {} static warn() {} static info() {} static debug() {} static trace() {}
  static table() {} static dir() {} static time() {} static timeEnd() {} static group() {} static groupEnd() {}
  static assert() {} static count() {}
}

export class Symbol {
  static iterator: any;
  static asyncIterator: any;
  static for(k) {}
  static keyFor(k) {}
}
export class Number {
  toFixed() { return "" + ""; }
  toString() { return "" + ""; }
  static isInteger(x) {}
  static isFinite(x) {}
  static isNaN(x) {}
  static parseFloat(x) {}
  static parseInt(x) {}
}
export class Boolean {}
export class Date {
  getTime() {}
  toISOString() { return "" + ""; }
  static now() {}
  static parse(x) {}
}

export function setTimeout(f, ms, ...args) { f(...args); }
export function setInterval(f, ms, ...args) { f(...args); }
export function setImmediate(f, ...args) { f(...args); }
export function queueMicrotask(f) { f(); }
export function requestAnimationFrame(f) { f(); }
export function requestIdleCallback(f) { f(); }
export function clearTimeout(x) {}
export function clearInterval(x) {}
export function clearImmediate(x) {}
export function cancelAnimationFrame(x) {}
export function structuredClone(x) { return x; }
export function parseInt(x) {}
export function parseFloat(x) {}
export function isNaN(x) {}
export function isFinite(x) {}
export function encodeURIComponent(x) { return "" + ""; }
export function decodeURIComponent(x) { return "" + ""; }
export function encodeURI(x) { return "" + ""; }
export function decodeURI(x) { return "" + ""; }

export class process {
  static nextTick(f, ...args) { f(...args); }
  static on(event, f) { f(); }
  static once(event, f) { f(); }
  static exit(code) {}
  static cwd() { return "" + ""; }
  static argv = ["" + ""];
  static env = {};
}

async function settledBy(a, b) {
  if (a) return a;
  return b;
}
