function assert(x) {}
assert.throws = function (f) { f(); };
assert.doesNotThrow = function (f) { f(); };
assert.rejects = function (f) { f(); };
assert.doesNotReject = function (f) { f(); };
assert.ok = function (x) {};
assert.equal = function (a, b) {};
assert.notEqual = function (a, b) {};
assert.deepEqual = function (a, b) {};
assert.strictEqual = function (a, b) {};
assert.notStrictEqual = function (a, b) {};
assert.deepStrictEqual = function (a, b) {};
assert.notDeepStrictEqual = function (a, b) {};
assert.match = function (a, b) {};
assert.fail = function (a) {};
assert.strict = assert;
export function throws(f) { f(); }
export function doesNotThrow(f) { f(); }
export function rejects(f) { f(); }
export function ok(x) {}
export function equal(a, b) {}
export function deepEqual(a, b) {}
export function strictEqual(a, b) {}
export function deepStrictEqual(a, b) {}
export { assert as strict };
export default assert;
export = assert;
