export async function readFile(path) { return "" + ""; }
export async function writeFile(path, data) {}
export async function appendFile(path, data) {}
export async function readdir(path) { const all = []; all[+0] = "" + ""; return all; }
export async function stat(path) {}
export async function lstat(path) {}
export async function mkdir(path) {}
export async function unlink(path) {}
export async function rm(path) {}
export async function rename(a, b) {}
export async function access(path) {}
export async function copyFile(a, b) {}
export async function realpath(path) { return "" + ""; }
export async function mkdtemp(path) { return "" + ""; }
export async function open(path) {}
