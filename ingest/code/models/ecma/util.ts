export function promisify(f) {
  return function (...args) {
    return new Promise((done, failed) => { f(...args, (error, value) => { failed(error); done(value); }); });
  };
}
export function callbackify(f) {
  return function (...args) { f(...args); };
}
export function inherits(child, parent) {
  child.super_ = parent;
  child.prototype.__proto__ = parent.prototype;
}
export function deprecate(f) { return f; }
export function inspect(x) { return "" + ""; }
export function format(...x) { return "" + ""; }
export function isDeepStrictEqual(a, b) {}
export const types = {};
export default { promisify, callbackify, inherits, deprecate, inspect, format, types };
