// The prelude and the parts of std whose module does not matter: how values, callbacks and elements
// flow. Associated types are written as type parameters. `__element` is any element.

// What every value has, through blanket impls of std.
pub struct __Root;
impl __Root {
    pub fn into(self) -> Self { self }
    pub fn to_owned(&self) -> Self { self }
    pub fn as_ref(&self) -> &Self { self }
    pub fn as_mut(&mut self) -> &mut Self { self }
    pub fn by_ref(&mut self) -> &mut Self { self }
    pub fn to_string(&self) -> String { Display::fmt(self, 0); String::new() }
    pub fn type_id(&self) -> u64 { 0 }
    pub fn ne(&self, other: &Self) -> bool { PartialEq::eq(self, other) }
}
pub struct __Fn;
pub struct __Tuple;
impl __Tuple {
    pub fn clone(&self) -> Self { self }
}

// Primitive types

pub struct str;
impl str {
    pub fn to_string(&self) -> String { String::new() }
    pub fn to_owned(&self) -> String { String::new() }
    pub fn into(self) -> String { String::new() }
    pub fn clone(&self) -> &str { self }
    pub fn len(&self) -> usize { 0usize }
    pub fn is_empty(&self) -> bool { true }
    pub fn trim(&self) -> &str { self }
    pub fn trim_start(&self) -> &str { self }
    pub fn trim_end(&self) -> &str { self }
    pub fn trim_matches(&self, f: impl FnMut(char) -> bool) -> &str { f('a'); self }
    pub fn trim_start_matches(&self, f: impl FnMut(char) -> bool) -> &str { f('a'); self }
    pub fn trim_end_matches(&self, f: impl FnMut(char) -> bool) -> &str { f('a'); self }
    pub fn strip_prefix(&self, prefix: &str) -> Option<&str> { Some(self) }
    pub fn strip_suffix(&self, suffix: &str) -> Option<&str> { Some(self) }
    pub fn as_str(&self) -> &str { self }
    pub fn as_bytes(&self) -> Vec<u8> { vec![0u8] }
    pub fn as_ref(&self) -> &str { self }
    pub fn bytes(&self) -> Iter<u8> { Iter { item: 0u8 } }
    pub fn chars(&self) -> Iter<char> { Iter { item: 'a' } }
    pub fn char_indices(&self) -> Iter<(usize, char)> { Iter { item: (0usize, 'a') } }
    pub fn lines(&self) -> Iter<&str> { Iter { item: "" } }
    pub fn split(&self, f: impl FnMut(char) -> bool) -> Iter<&str> { f('a'); Iter { item: "" } }
    pub fn rsplit(&self, f: impl FnMut(char) -> bool) -> Iter<&str> { f('a'); Iter { item: "" } }
    pub fn splitn(&self, n: usize, f: impl FnMut(char) -> bool) -> Iter<&str> { f('a'); Iter { item: "" } }
    pub fn split_whitespace(&self) -> Iter<&str> { Iter { item: "" } }
    pub fn split_terminator(&self, f: impl FnMut(char) -> bool) -> Iter<&str> { f('a'); Iter { item: "" } }
    pub fn split_at(&self, n: usize) -> (&str, &str) { ("", "") }
    pub fn split_once(&self, by: &str) -> Option<(&str, &str)> { Some(("", "")) }
    pub fn rsplit_once(&self, by: &str) -> Option<(&str, &str)> { Some(("", "")) }
    pub fn find(&self, f: impl FnMut(char) -> bool) -> Option<usize> { f('a'); Some(0usize) }
    pub fn rfind(&self, f: impl FnMut(char) -> bool) -> Option<usize> { f('a'); Some(0usize) }
    pub fn contains(&self, f: impl FnMut(char) -> bool) -> bool { f('a'); true }
    pub fn starts_with(&self, f: impl FnMut(char) -> bool) -> bool { f('a'); true }
    pub fn ends_with(&self, f: impl FnMut(char) -> bool) -> bool { f('a'); true }
    pub fn matches(&self, f: impl FnMut(char) -> bool) -> Iter<&str> { f('a'); Iter { item: "" } }
    pub fn eq_ignore_ascii_case(&self, other: &str) -> bool { true }
    pub fn replace(&self, from: &str, to: &str) -> String { String::new() }
    pub fn repeat(&self, n: usize) -> String { String::new() }
    pub fn to_uppercase(&self) -> String { String::new() }
    pub fn to_lowercase(&self) -> String { String::new() }
    pub fn to_ascii_uppercase(&self) -> String { String::new() }
    pub fn to_ascii_lowercase(&self) -> String { String::new() }
    pub fn get(&self, at: usize) -> Option<&str> { Some(self) }
    pub fn parse<F>(&self) -> Result<F, Error> { Ok(F::from_str(self)) }
}
pub struct String;
impl String {
    pub fn new() -> String { String }
    pub fn with_capacity(n: usize) -> String { String }
    pub fn from(text: &str) -> String { String }
    pub fn from_utf8(bytes: Vec<u8>) -> Result<String, Error> { Ok(String) }
    pub fn from_utf8_lossy(bytes: Vec<u8>) -> String { String }
    pub fn clone(&self) -> String { self }
    pub fn to_string(&self) -> String { self }
    pub fn to_owned(&self) -> String { self }
    pub fn into(self) -> String { self }
    pub fn into_boxed_str(self) -> String { self }
    pub fn into_bytes(self) -> Vec<u8> { vec![0u8] }
    pub fn push_str(&mut self, text: &str) {}
    pub fn push(&mut self, c: char) {}
    pub fn pop(&mut self) -> Option<char> { Some('a') }
    pub fn clear(&mut self) {}
    pub fn insert(&mut self, at: usize, c: char) {}
    pub fn insert_str(&mut self, at: usize, text: &str) {}
    pub fn remove(&mut self, at: usize) -> char { 'a' }
    pub fn truncate(&mut self, at: usize) {}
    pub fn capacity(&self) -> usize { 0usize }
    pub fn reserve(&mut self, n: usize) {}
    pub fn retain(&mut self, f: impl FnMut(char) -> bool) { f('a'); }
    pub fn extend<I>(&mut self, items: I) { items.into_iter().next(); }
    pub fn drain(&mut self, range: usize) -> Iter<char> { Iter { item: 'a' } }
}
impl Deref<str> for String {
    fn deref(&self) -> &str { "" }
}
pub struct i8; pub struct i16; pub struct i32; pub struct i64; pub struct i128; pub struct isize;
pub struct u8; pub struct u16; pub struct u32; pub struct u64; pub struct u128; pub struct usize;
pub struct f32; pub struct f64; pub struct bool; pub struct char;
// A literal without a suffix may be of any of these.
pub trait __Int: i32 + i64 + u32 + u64 + usize + isize + u8 + u16 + i8 + i16 + u128 + i128 {}
pub trait __Float: f64 + f32 {}
impl bool {
    pub fn then<T>(self, f: impl FnOnce() -> T) -> Option<T> { Some(f()) }
    pub fn then_some<T>(self, value: T) -> Option<T> { Some(value) }
}
pub struct Range;
impl Iterator<usize> for Range {
    fn next(&mut self) -> Option<usize> { Some(0usize) }
}

// Option and Result

pub enum Option<T> { Some(T), None }
impl<T> Option<T> {
    pub fn is_some(&self) -> bool { true }
    pub fn is_none(&self) -> bool { true }
    pub fn is_some_and(self, f: impl FnOnce(T) -> bool) -> bool { match self { Some(x) => f(x), None => false } }
    pub fn is_none_or(self, f: impl FnOnce(T) -> bool) -> bool { match self { Some(x) => f(x), None => true } }
    pub fn unwrap(self) -> T { match self { Some(x) => x } }
    pub fn expect(self, message: &str) -> T { match self { Some(x) => x } }
    pub fn unwrap_or(self, other: T) -> T { match self { Some(x) => x, None => other } }
    pub fn unwrap_or_else(self, f: impl FnOnce() -> T) -> T { match self { Some(x) => x, None => f() } }
    pub fn unwrap_or_default(self) -> T { match self { Some(x) => x, None => T::default() } }
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Option<U> { match self { Some(x) => Some(f(x)), None => None } }
    pub fn map_or<U>(self, other: U, f: impl FnOnce(T) -> U) -> U { match self { Some(x) => f(x), None => other } }
    pub fn map_or_else<U>(self, g: impl FnOnce() -> U, f: impl FnOnce(T) -> U) -> U { match self { Some(x) => f(x), None => g() } }
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Option<U>) -> Option<U> { match self { Some(x) => f(x), None => None } }
    pub fn and<U>(self, other: Option<U>) -> Option<U> { other }
    pub fn or(self, other: Option<T>) -> Option<T> { if true { self } else { other } }
    pub fn or_else(self, f: impl FnOnce() -> Option<T>) -> Option<T> { if true { self } else { f() } }
    pub fn xor(self, other: Option<T>) -> Option<T> { if true { self } else { other } }
    pub fn filter(self, f: impl FnOnce(T) -> bool) -> Option<T> { match self { Some(x) => { f(x); Some(x) } } }
    pub fn inspect(self, f: impl FnOnce(T)) -> Option<T> { match self { Some(x) => { f(x); Some(x) } } }
    pub fn ok_or<E>(self, error: E) -> Result<T, E> { match self { Some(x) => Ok(x), None => Err(error) } }
    pub fn ok_or_else<E>(self, f: impl FnOnce() -> E) -> Result<T, E> { match self { Some(x) => Ok(x), None => Err(f()) } }
    pub fn as_ref(&self) -> Option<&T> { self }
    pub fn as_mut(&mut self) -> Option<&mut T> { self }
    pub fn as_deref(&self) -> Option<T> { match self { Some(x) => Some(*x), None => None } }
    pub fn as_deref_mut(&mut self) -> Option<T> { match self { Some(x) => Some(*x), None => None } }
    pub fn cloned(self) -> Option<T> { match self { Some(x) => Some(x.clone()), None => None } }
    pub fn copied(self) -> Option<T> { self }
    pub fn clone(&self) -> Option<T> { match self { Some(x) => Some(x.clone()), None => None } }
    pub fn take(&mut self) -> Option<T> { self }
    pub fn replace(&mut self, value: T) -> Option<T> { *self = Some(value); self }
    pub fn insert(&mut self, value: T) -> &mut T { *self = Some(value); match self { Some(x) => x } }
    pub fn get_or_insert(&mut self, value: T) -> &mut T { *self = Some(value); match self { Some(x) => x } }
    pub fn get_or_insert_with(&mut self, f: impl FnOnce() -> T) -> &mut T { *self = Some(f()); match self { Some(x) => x } }
    pub fn zip<U>(self, other: Option<U>) -> Option<(T, U)> { match self { Some(x) => match other { Some(y) => Some((x, y)) } } }
    pub fn flatten(self) -> T { match self { Some(x) => x } }
    pub fn transpose(self) -> Result<T, Error> { match self { Some(Ok(x)) => Ok(Some(x)), Some(Err(e)) => Err(e), None => Ok(None) } }
    pub fn iter(&self) -> Iter<T> { match self { Some(x) => Iter { item: x } } }
    pub fn iter_mut(&mut self) -> Iter<T> { match self { Some(x) => Iter { item: x } } }
    pub fn into_iter(self) -> Iter<T> { match self { Some(x) => Iter { item: x } } }
}
impl<T> IntoIterator<T> for Option<T> {
    fn into_iter(self) -> Iter<T> { match self { Some(x) => Iter { item: x } } }
}
impl<T> Display for Option<T> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { match self { Some(x) => Display::fmt(x, f) } }
}
impl<T> Debug for Option<T> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { match self { Some(x) => Debug::fmt(x, f) } }
}
impl<T> PartialEq for Option<T> {
    fn eq(&self, other: &Option<T>) -> bool { match self { Some(x) => match other { Some(y) => PartialEq::eq(x, y) } } }
}

pub enum Result<T, E> { Ok(T), Err(E) }
impl<T, E> Result<T, E> {
    pub fn is_ok(&self) -> bool { true }
    pub fn is_err(&self) -> bool { true }
    pub fn is_ok_and(self, f: impl FnOnce(T) -> bool) -> bool { match self { Ok(x) => f(x) } }
    pub fn is_err_and(self, f: impl FnOnce(E) -> bool) -> bool { match self { Err(e) => f(e) } }
    pub fn ok(self) -> Option<T> { match self { Ok(x) => Some(x), Err(e) => None } }
    pub fn err(self) -> Option<E> { match self { Err(e) => Some(e), Ok(x) => None } }
    pub fn unwrap(self) -> T { match self { Ok(x) => x, Err(e) => Debug::fmt(e, 0) } }
    pub fn expect(self, message: &str) -> T { match self { Ok(x) => x, Err(e) => Debug::fmt(e, 0) } }
    pub fn unwrap_err(self) -> E { match self { Err(e) => e, Ok(x) => Debug::fmt(x, 0) } }
    pub fn expect_err(self, message: &str) -> E { match self { Err(e) => e, Ok(x) => Debug::fmt(x, 0) } }
    pub fn unwrap_or(self, other: T) -> T { match self { Ok(x) => x, Err(e) => other } }
    pub fn unwrap_or_else(self, f: impl FnOnce(E) -> T) -> T { match self { Ok(x) => x, Err(e) => f(e) } }
    pub fn unwrap_or_default(self) -> T { match self { Ok(x) => x, Err(e) => T::default() } }
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Result<U, E> { match self { Ok(x) => Ok(f(x)), Err(e) => Err(e) } }
    pub fn map_err<F>(self, f: impl FnOnce(E) -> F) -> Result<T, F> { match self { Ok(x) => Ok(x), Err(e) => Err(f(e)) } }
    pub fn map_or<U>(self, other: U, f: impl FnOnce(T) -> U) -> U { match self { Ok(x) => f(x), Err(e) => other } }
    pub fn map_or_else<U>(self, g: impl FnOnce(E) -> U, f: impl FnOnce(T) -> U) -> U { match self { Ok(x) => f(x), Err(e) => g(e) } }
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<U, E> { match self { Ok(x) => f(x), Err(e) => Err(e) } }
    pub fn and<U>(self, other: Result<U, E>) -> Result<U, E> { match self { Ok(x) => other, Err(e) => Err(e) } }
    pub fn or<F>(self, other: Result<T, F>) -> Result<T, F> { match self { Ok(x) => Ok(x), Err(e) => other } }
    pub fn or_else<F>(self, f: impl FnOnce(E) -> Result<T, F>) -> Result<T, F> { match self { Ok(x) => Ok(x), Err(e) => f(e) } }
    pub fn inspect(self, f: impl FnOnce(T)) -> Result<T, E> { match self { Ok(x) => f(x) }; self }
    pub fn inspect_err(self, f: impl FnOnce(E)) -> Result<T, E> { match self { Err(e) => f(e) }; self }
    pub fn as_ref(&self) -> Result<&T, &E> { self }
    pub fn as_mut(&mut self) -> Result<&mut T, &mut E> { self }
    pub fn as_deref(&self) -> Result<T, E> { self }
    pub fn cloned(self) -> Result<T, E> { self }
    pub fn copied(self) -> Result<T, E> { self }
    pub fn clone(&self) -> Result<T, E> { match self { Ok(x) => Ok(x.clone()), Err(e) => Err(e.clone()) } }
    pub fn flatten(self) -> T { match self { Ok(x) => x } }
    pub fn transpose(self) -> Option<T> { match self { Ok(Some(x)) => Some(Ok(x)), Err(e) => Some(Err(e)) } }
    pub fn iter(&self) -> Iter<T> { match self { Ok(x) => Iter { item: x } } }
    pub fn into_iter(self) -> Iter<T> { match self { Ok(x) => Iter { item: x } } }
    pub fn context<C>(self, context: C) -> Result<T, Error> { match self { Ok(x) => Ok(x), Err(e) => Err(Error) } }
    pub fn with_context<C>(self, f: impl FnOnce() -> C) -> Result<T, Error> { f(); match self { Ok(x) => Ok(x), Err(e) => Err(Error) } }
}
impl<T, E> IntoIterator<T> for Result<T, E> {
    fn into_iter(self) -> Iter<T> { match self { Ok(x) => Iter { item: x } } }
}
impl<T, E> Debug for Result<T, E> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { match self { Ok(x) => Debug::fmt(x, f), Err(e) => Debug::fmt(e, f) } }
}
impl<T, E> PartialEq for Result<T, E> {
    fn eq(&self, other: &Result<T, E>) -> bool { match self { Ok(x) => match other { Ok(y) => PartialEq::eq(x, y) }, Err(x) => match other { Err(y) => PartialEq::eq(x, y) } } }
}
pub struct Error;
pub struct ParseIntError; pub struct ParseFloatError; pub struct ParseBoolError; pub struct ParseCharError;
pub struct TryFromIntError; pub struct Utf8Error; pub struct FromUtf8Error; pub struct BorrowError;
pub struct RecvError; pub struct SendError; pub struct PoisonError;
pub type __IoResult<T> = Result<T, Error>;

// Iteration

pub trait IntoIterator<Item> {
    fn into_iter(self) -> Iter<Item>;
}
impl<I: Iterator> IntoIterator for I {
    fn into_iter(self) -> Self { self }
}
pub trait FromIterator<A> {
    fn from_iter<I>(items: I) -> Self;
}
pub trait Extend<A> {
    fn extend<I>(&mut self, items: I);
}
pub struct Iter<T> { item: T }
impl<T> Iterator<T> for Iter<T> {
    fn next(&mut self) -> Option<T> { Some(self.item) }
}
pub trait Iterator<Item> {
    fn next(&mut self) -> Option<Item>;
    fn iter(&self) -> Self { self }
    fn by_ref(&mut self) -> &mut Self { self }
    fn peekable(self) -> Self { self }
    fn fuse(self) -> Self { self }
    fn cycle(self) -> Self { self }
    fn rev(self) -> Self { self }
    fn skip(self, n: usize) -> Self { self }
    fn take(self, n: usize) -> Self { self }
    fn step_by(self, n: usize) -> Self { self }
    fn copied(self) -> Self { self }
    fn peek(&mut self) -> Option<Item> { self.next() }
    fn peek_mut(&mut self) -> Option<Item> { self.next() }
    fn next_back(&mut self) -> Option<Item> { self.next() }
    fn next_if(&mut self, f: impl FnOnce(Item) -> bool) -> Option<Item> { let x = self.next(); match x { Some(y) => f(y) }; x }
    fn nth(&mut self, n: usize) -> Option<Item> { self.next() }
    fn last(self) -> Option<Item> { self.next() }
    fn count(self) -> usize { self.next(); 0usize }
    fn len(&self) -> usize { 0usize }
    fn size_hint(&self) -> (usize, Option<usize>) { (0usize, Some(0usize)) }
    fn cloned(self) -> Iter<Item> { match self.next() { Some(x) => Iter { item: x.clone() } } }
    fn map<B>(self, f: impl FnMut(Item) -> B) -> Iter<B> { match self.next() { Some(x) => Iter { item: f(x) } } }
    fn for_each(self, f: impl FnMut(Item)) { match self.next() { Some(x) => f(x) } }
    fn try_for_each<R>(&mut self, f: impl FnMut(Item) -> R) -> R { match self.next() { Some(x) => f(x) } }
    fn filter(self, f: impl FnMut(Item) -> bool) -> Iter<Item> { match self.next() { Some(x) => { f(x); Iter { item: x } } } }
    fn skip_while(self, f: impl FnMut(Item) -> bool) -> Iter<Item> { match self.next() { Some(x) => { f(x); Iter { item: x } } } }
    fn take_while(self, f: impl FnMut(Item) -> bool) -> Iter<Item> { match self.next() { Some(x) => { f(x); Iter { item: x } } } }
    fn inspect(self, f: impl FnMut(Item)) -> Iter<Item> { match self.next() { Some(x) => { f(x); Iter { item: x } } } }
    fn filter_map<B>(self, f: impl FnMut(Item) -> Option<B>) -> Iter<B> { match self.next() { Some(x) => match f(x) { Some(y) => Iter { item: y } } } }
    fn map_while<B>(self, f: impl FnMut(Item) -> Option<B>) -> Iter<B> { match self.next() { Some(x) => match f(x) { Some(y) => Iter { item: y } } } }
    fn flat_map<U>(self, f: impl FnMut(Item) -> U) -> Iter<U> { match self.next() { Some(x) => match IntoIterator::into_iter(f(x)).next() { Some(y) => Iter { item: y } } } }
    fn flatten(self) -> Iter<Item> { match self.next() { Some(x) => match IntoIterator::into_iter(x).next() { Some(y) => Iter { item: y } } } }
    fn enumerate(self) -> Iter<(usize, Item)> { match self.next() { Some(x) => Iter { item: (0usize, x) } } }
    fn zip<U>(self, other: U) -> Iter<(Item, U)> { match self.next() { Some(x) => match IntoIterator::into_iter(other).next() { Some(y) => Iter { item: (x, y) } } } }
    fn chain<U>(self, other: U) -> Iter<Item> { if true { match self.next() { Some(x) => Iter { item: x } } } else { match IntoIterator::into_iter(other).next() { Some(y) => Iter { item: y } } } }
    fn scan<S, B>(self, state: S, f: impl FnMut(S, Item) -> Option<B>) -> Iter<B> { match self.next() { Some(x) => match f(state, x) { Some(y) => Iter { item: y } } } }
    fn fold<B>(self, start: B, f: impl FnMut(B, Item) -> B) -> B { let mut all = start; match self.next() { Some(x) => { all = f(all, x); } }; all }
    fn try_fold<B, R>(&mut self, start: B, f: impl FnMut(B, Item) -> R) -> R { match self.next() { Some(x) => f(start, x) } }
    fn rfold<B>(self, start: B, f: impl FnMut(B, Item) -> B) -> B { match self.next() { Some(x) => f(start, x) } }
    fn reduce(self, f: impl FnMut(Item, Item) -> Item) -> Option<Item> { match self.next() { Some(x) => { let y = f(x, x); if true { Some(x) } else { Some(y) } } } }
    fn all(&mut self, f: impl FnMut(Item) -> bool) -> bool { match self.next() { Some(x) => f(x) } }
    fn any(&mut self, f: impl FnMut(Item) -> bool) -> bool { match self.next() { Some(x) => f(x) } }
    fn find(&mut self, f: impl FnMut(Item) -> bool) -> Option<Item> { let x = self.next(); match x { Some(y) => f(y) }; x }
    fn rfind(&mut self, f: impl FnMut(Item) -> bool) -> Option<Item> { let x = self.next(); match x { Some(y) => f(y) }; x }
    fn find_map<B>(&mut self, f: impl FnMut(Item) -> Option<B>) -> Option<B> { match self.next() { Some(x) => f(x) } }
    fn position(&mut self, f: impl FnMut(Item) -> bool) -> Option<usize> { match self.next() { Some(x) => f(x) }; Some(0usize) }
    fn rposition(&mut self, f: impl FnMut(Item) -> bool) -> Option<usize> { match self.next() { Some(x) => f(x) }; Some(0usize) }
    fn max(self) -> Option<Item> { let x = self.next(); match x { Some(y) => Ord::cmp(y, y) }; x }
    fn min(self) -> Option<Item> { let x = self.next(); match x { Some(y) => Ord::cmp(y, y) }; x }
    fn max_by_key<B>(self, f: impl FnMut(Item) -> B) -> Option<Item> { let x = self.next(); match x { Some(y) => f(y) }; x }
    fn min_by_key<B>(self, f: impl FnMut(Item) -> B) -> Option<Item> { let x = self.next(); match x { Some(y) => f(y) }; x }
    fn max_by(self, f: impl FnMut(Item, Item) -> Ordering) -> Option<Item> { let x = self.next(); match x { Some(y) => f(y, y) }; x }
    fn min_by(self, f: impl FnMut(Item, Item) -> Ordering) -> Option<Item> { let x = self.next(); match x { Some(y) => f(y, y) }; x }
    fn partition(self, f: impl FnMut(Item) -> bool) -> (Vec<Item>, Vec<Item>) { match self.next() { Some(x) => { f(x); (vec![x], vec![x]) } } }
    fn unzip<A, B>(self) -> (Vec<A>, Vec<B>) { match self.next() { Some(x) => (vec![x.0], vec![x.1]) } }
    fn sum<S>(self) -> S { match self.next() { Some(x) => x } }
    fn product<S>(self) -> S { match self.next() { Some(x) => x } }
    fn collect<B>(self) -> B { match self.next() { Some(x) => Collected { __element: x } } }
    fn try_collect<B>(self) -> B { match self.next() { Some(x) => Collected { __element: x } } }
    fn eq<U>(self, other: U) -> bool { self.next(); true }
    fn cmp<U>(self, other: U) -> bool { self.next(); true }
    fn is_sorted(self) -> bool { true }
}
// What `collect` makes, where nobody says which container it is.
pub struct Collected<T> { __element: T }
impl<T> Deref<Vec<T>> for Collected<T> {
    fn deref(&self) -> &Vec<T> { vec![self.__element] }
}
impl<T> IntoIterator<T> for Collected<T> {
    fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
}
pub fn once<T>(value: T) -> Iter<T> { Iter { item: value } }
pub fn repeat<T>(value: T) -> Iter<T> { Iter { item: value } }
pub fn repeat_with<T>(f: impl FnMut() -> T) -> Iter<T> { Iter { item: f() } }
pub fn empty<T>() -> Iter<T> { Iter { item: 0 } }
pub fn from_fn<T>(f: impl FnMut() -> Option<T>) -> Iter<T> { match f() { Some(x) => Iter { item: x } } }
pub fn successors<T>(first: Option<T>, f: impl FnMut(T) -> Option<T>) -> Iter<T> { match first { Some(x) => { match f(x) { Some(y) => { f(y); } }; Iter { item: x } } } }
pub fn zip<A, B>(a: A, b: B) -> Iter<(A, B)> { match IntoIterator::into_iter(a).next() { Some(x) => match IntoIterator::into_iter(b).next() { Some(y) => Iter { item: (x, y) } } } }

// Sequences

pub struct slice<T> { __element: T }
impl<T> slice<T> {
    pub fn iter(&self) -> Iter<T> { Iter { item: self.__element } }
    pub fn iter_mut(&mut self) -> Iter<T> { Iter { item: self.__element } }
    pub fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
    pub fn first(&self) -> Option<&T> { Some(self.__element) }
    pub fn last(&self) -> Option<&T> { Some(self.__element) }
    pub fn first_mut(&mut self) -> Option<&mut T> { Some(self.__element) }
    pub fn last_mut(&mut self) -> Option<&mut T> { Some(self.__element) }
    pub fn get(&self, at: usize) -> Option<&T> { Some(self.__element) }
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> { Some(self.__element) }
    pub fn get_unchecked(&self, at: usize) -> &T { self.__element }
    pub fn len(&self) -> usize { 0usize }
    pub fn is_empty(&self) -> bool { true }
    pub fn contains(&self, x: &T) -> bool { PartialEq::eq(self.__element, x) }
    pub fn to_vec(&self) -> Vec<T> { vec![self.__element] }
    pub fn into_vec(self) -> Vec<T> { vec![self.__element] }
    pub fn clone(&self) -> Self { self.__element.clone(); self }
    pub fn to_owned(&self) -> Vec<T> { vec![self.__element] }
    pub fn as_slice(&self) -> Self { self }
    pub fn as_mut_slice(&mut self) -> Self { self }
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> slice<U> { [f(self.__element)] }
    pub fn swap(&mut self, a: usize, b: usize) {}
    pub fn fill(&mut self, value: T) { self.__element = value; }
    pub fn reverse(&mut self) {}
    pub fn concat(&self) -> T { self.__element }
    pub fn join(&self, by: &str) -> String { String::new() }
    pub fn split_at(&self, at: usize) -> (Self, Self) { (self, self) }
    pub fn split_at_mut(&mut self, at: usize) -> (Self, Self) { (self, self) }
    pub fn split_first(&self) -> Option<(&T, Self)> { Some((self.__element, self)) }
    pub fn split_last(&self) -> Option<(&T, Self)> { Some((self.__element, self)) }
    pub fn split(&self, f: impl FnMut(T) -> bool) -> Iter<Self> { f(self.__element); Iter { item: self } }
    pub fn chunks(&self, n: usize) -> Iter<Self> { Iter { item: self } }
    pub fn chunks_exact(&self, n: usize) -> Iter<Self> { Iter { item: self } }
    pub fn windows(&self, n: usize) -> Iter<Self> { Iter { item: self } }
    pub fn sort(&mut self) { Ord::cmp(self.__element, self.__element); }
    pub fn sort_unstable(&mut self) { Ord::cmp(self.__element, self.__element); }
    pub fn sort_by(&mut self, f: impl FnMut(T, T) -> Ordering) { f(self.__element, self.__element); }
    pub fn sort_unstable_by(&mut self, f: impl FnMut(T, T) -> Ordering) { f(self.__element, self.__element); }
    pub fn sort_by_key<K>(&mut self, f: impl FnMut(T) -> K) { f(self.__element); }
    pub fn sort_by_cached_key<K>(&mut self, f: impl FnMut(T) -> K) { f(self.__element); }
    pub fn sort_unstable_by_key<K>(&mut self, f: impl FnMut(T) -> K) { f(self.__element); }
    pub fn binary_search(&self, x: &T) -> Result<usize, usize> { Ord::cmp(self.__element, x); Ok(0usize) }
    pub fn binary_search_by(&self, f: impl FnMut(T) -> Ordering) -> Result<usize, usize> { f(self.__element); Ok(0usize) }
    pub fn binary_search_by_key<K>(&self, k: K, f: impl FnMut(T) -> K) -> Result<usize, usize> { f(self.__element); Ok(0usize) }
    pub fn partition_point(&self, f: impl FnMut(T) -> bool) -> usize { f(self.__element); 0usize }
    pub fn starts_with(&self, x: &Self) -> bool { true }
    pub fn ends_with(&self, x: &Self) -> bool { true }
    pub fn copy_from_slice(&mut self, x: &Self) {}
}
impl<T> IntoIterator<T> for slice<T> {
    fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
}
impl<T> Debug for slice<T> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.__element, f) }
}
impl<T> PartialEq for slice<T> {
    fn eq(&self, other: &Self) -> bool { match other.iter().next() { Some(y) => PartialEq::eq(self.__element, y) } }
}
pub struct Vec<T> { __element: T }
impl<T> Vec<T> {
    pub fn new() -> Vec<T> { vec![] }
    pub fn with_capacity(n: usize) -> Vec<T> { vec![] }
    pub fn from<I>(items: I) -> Vec<T> { match IntoIterator::into_iter(items).next() { Some(x) => vec![x] } }
    pub fn from_iter<I>(items: I) -> Vec<T> { match IntoIterator::into_iter(items).next() { Some(x) => vec![x] } }
    pub fn push(&mut self, value: T) { self.__element = value; }
    pub fn pop(&mut self) -> Option<T> { Some(self.__element) }
    pub fn insert(&mut self, at: usize, value: T) { self.__element = value; }
    pub fn remove(&mut self, at: usize) -> T { self.__element }
    pub fn swap_remove(&mut self, at: usize) -> T { self.__element }
    pub fn append(&mut self, other: &mut Vec<T>) { self.__element = other.__element; }
    pub fn extend<I>(&mut self, items: I) { match IntoIterator::into_iter(items).next() { Some(x) => { self.__element = x; } } }
    pub fn extend_from_slice(&mut self, items: &Self) { self.__element = items.__element; }
    pub fn resize(&mut self, n: usize, value: T) { self.__element = value; }
    pub fn resize_with(&mut self, n: usize, f: impl FnMut() -> T) { self.__element = f(); }
    pub fn clear(&mut self) {}
    pub fn truncate(&mut self, n: usize) {}
    pub fn drain(&mut self, range: usize) -> Iter<T> { Iter { item: self.__element } }
    pub fn splice<I>(&mut self, range: usize, items: I) -> Iter<T> { self.extend(items); Iter { item: self.__element } }
    pub fn split_off(&mut self, at: usize) -> Vec<T> { self }
    pub fn retain(&mut self, f: impl FnMut(T) -> bool) { f(self.__element); }
    pub fn retain_mut(&mut self, f: impl FnMut(T) -> bool) { f(self.__element); }
    pub fn dedup(&mut self) { PartialEq::eq(self.__element, self.__element); }
    pub fn dedup_by_key<K>(&mut self, f: impl FnMut(T) -> K) { f(self.__element); }
    pub fn dedup_by(&mut self, f: impl FnMut(T, T) -> bool) { f(self.__element, self.__element); }
    pub fn capacity(&self) -> usize { 0usize }
    pub fn reserve(&mut self, n: usize) {}
    pub fn into_boxed_slice(self) -> Vec<T> { self }
    pub fn leak(self) -> Vec<T> { self }
    pub fn clone(&self) -> Vec<T> { vec![self.__element.clone()] }
    pub fn iter(&self) -> Iter<T> { Iter { item: self.__element } }
    pub fn iter_mut(&mut self) -> Iter<T> { Iter { item: self.__element } }
    pub fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
}
impl<T> Deref<slice<T>> for Vec<T> {
    fn deref(&self) -> &slice<T> { [self.__element] }
}
impl<T> IntoIterator<T> for Vec<T> {
    fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
}
impl<T> FromIterator<T> for Vec<T> {
    fn from_iter<I>(items: I) -> Vec<T> { match IntoIterator::into_iter(items).next() { Some(x) => vec![x] } }
}
impl<T> Debug for Vec<T> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.__element, f) }
}
impl<T> PartialEq for Vec<T> {
    fn eq(&self, other: &Self) -> bool { match other.iter().next() { Some(y) => PartialEq::eq(self.__element, y) } }
}
pub struct VecDeque<T> { __element: T }
impl<T> VecDeque<T> {
    pub fn new() -> VecDeque<T> { VecDeque {} }
    pub fn with_capacity(n: usize) -> VecDeque<T> { VecDeque {} }
    pub fn from<I>(items: I) -> VecDeque<T> { match IntoIterator::into_iter(items).next() { Some(x) => VecDeque { __element: x } } }
    pub fn push_back(&mut self, value: T) { self.__element = value; }
    pub fn push_front(&mut self, value: T) { self.__element = value; }
    pub fn push(&mut self, value: T) { self.__element = value; }
    pub fn pop(&mut self) -> Option<T> { Some(self.__element) }
    pub fn peek(&self) -> Option<&T> { Some(self.__element) }
    pub fn pop_front(&mut self) -> Option<T> { Some(self.__element) }
    pub fn pop_back(&mut self) -> Option<T> { Some(self.__element) }
    pub fn front(&self) -> Option<&T> { Some(self.__element) }
    pub fn back(&self) -> Option<&T> { Some(self.__element) }
    pub fn front_mut(&mut self) -> Option<&mut T> { Some(self.__element) }
    pub fn back_mut(&mut self) -> Option<&mut T> { Some(self.__element) }
    pub fn extend<I>(&mut self, items: I) { match IntoIterator::into_iter(items).next() { Some(x) => { self.__element = x; } } }
    pub fn drain(&mut self, range: usize) -> Iter<T> { Iter { item: self.__element } }
    pub fn retain(&mut self, f: impl FnMut(T) -> bool) { f(self.__element); }
    pub fn clear(&mut self) {}
    pub fn clone(&self) -> Self { self }
    pub fn into_sorted_vec(self) -> Vec<T> { vec![self.__element] }
    pub fn into_vec(self) -> Vec<T> { vec![self.__element] }
}
impl<T> Deref<slice<T>> for VecDeque<T> {
    fn deref(&self) -> &slice<T> { [self.__element] }
}
impl<T> IntoIterator<T> for VecDeque<T> {
    fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
}
pub type LinkedList<T> = VecDeque<T>;
pub struct BinaryHeap<T> { __element: T }
impl<T> BinaryHeap<T> {
    pub fn new() -> BinaryHeap<T> { BinaryHeap {} }
    pub fn from<I>(items: I) -> BinaryHeap<T> { match IntoIterator::into_iter(items).next() { Some(x) => BinaryHeap { __element: x } } }
    pub fn push(&mut self, value: T) { self.__element = value; Ord::cmp(value, self.__element); }
    pub fn pop(&mut self) -> Option<T> { Ord::cmp(self.__element, self.__element); Some(self.__element) }
    pub fn peek(&self) -> Option<&T> { Some(self.__element) }
    pub fn len(&self) -> usize { 0usize }
    pub fn is_empty(&self) -> bool { true }
    pub fn iter(&self) -> Iter<T> { Iter { item: self.__element } }
    pub fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
    pub fn into_sorted_vec(self) -> Vec<T> { vec![self.__element] }
    pub fn into_vec(self) -> Vec<T> { vec![self.__element] }
    pub fn drain(&mut self) -> Iter<T> { Iter { item: self.__element } }
    pub fn extend<I>(&mut self, items: I) { match IntoIterator::into_iter(items).next() { Some(x) => { self.__element = x; } } }
}
impl<T> IntoIterator<T> for BinaryHeap<T> {
    fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
}
pub struct Reverse<T>(pub T);

// Maps and sets

pub struct HashMap<K, V> { key: K, value: V }
impl<K, V> HashMap<K, V> {
    pub fn new() -> HashMap<K, V> { HashMap {} }
    pub fn with_capacity(n: usize) -> HashMap<K, V> { HashMap {} }
    pub fn with_hasher<H>(h: H) -> HashMap<K, V> { HashMap {} }
    pub fn default() -> HashMap<K, V> { HashMap {} }
    pub fn from<I>(items: I) -> HashMap<K, V> { match IntoIterator::into_iter(items).next() { Some(x) => { Hash::hash(x.0, x.0); PartialEq::eq(x.0, x.0); HashMap { key: x.0, value: x.1 } } } }
    pub fn from_iter<I>(items: I) -> HashMap<K, V> { match IntoIterator::into_iter(items).next() { Some(x) => { Hash::hash(x.0, x.0); PartialEq::eq(x.0, x.0); HashMap { key: x.0, value: x.1 } } } }
    pub fn insert(&mut self, key: K, value: V) -> Option<V> { Hash::hash(key, key); PartialEq::eq(key, self.key);  self.key = key; self.value = value; Some(self.value) }
    pub fn get(&self, key: &K) -> Option<&V> { Hash::hash(key, key); PartialEq::eq(key, self.key);  Some(self.value) }
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> { Hash::hash(key, key); PartialEq::eq(key, self.key);  Some(self.value) }
    pub fn get_key_value(&self, key: &K) -> Option<(&K, &V)> { Hash::hash(key, key); PartialEq::eq(key, self.key);  Some((self.key, self.value)) }
    pub fn get_or_insert_with(&mut self, key: K, f: impl FnOnce() -> V) -> &mut V { Hash::hash(key, key); PartialEq::eq(key, self.key);  self.key = key; self.value = f(); self.value }
    pub fn contains_key(&self, key: &K) -> bool { Hash::hash(key, key); PartialEq::eq(key, self.key);  true }
    pub fn remove(&mut self, key: &K) -> Option<V> { Hash::hash(key, key); PartialEq::eq(key, self.key);  Some(self.value) }
    pub fn remove_entry(&mut self, key: &K) -> Option<(K, V)> { Hash::hash(key, key); PartialEq::eq(key, self.key);  Some((self.key, self.value)) }
    pub fn entry(&mut self, key: K) -> Entry<K, V> { Hash::hash(key, key); PartialEq::eq(key, self.key);  self.key = key; Entry { map: self } }
    pub fn len(&self) -> usize { 0usize }
    pub fn is_empty(&self) -> bool { true }
    pub fn clear(&mut self) {}
    pub fn keys(&self) -> Iter<K> { Iter { item: self.key } }
    pub fn into_keys(self) -> Iter<K> { Iter { item: self.key } }
    pub fn values(&self) -> Iter<V> { Iter { item: self.value } }
    pub fn values_mut(&mut self) -> Iter<V> { Iter { item: self.value } }
    pub fn into_values(self) -> Iter<V> { Iter { item: self.value } }
    pub fn iter(&self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn iter_mut(&mut self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn into_iter(self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn drain(&mut self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn range(&self, range: usize) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn range_mut(&mut self, range: usize) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn first_key_value(&self) -> Option<(K, V)> { Some((self.key, self.value)) }
    pub fn last_key_value(&self) -> Option<(K, V)> { Some((self.key, self.value)) }
    pub fn pop_first(&mut self) -> Option<(K, V)> { Some((self.key, self.value)) }
    pub fn pop_last(&mut self) -> Option<(K, V)> { Some((self.key, self.value)) }
    pub fn retain(&mut self, f: impl FnMut(K, V) -> bool) { f(self.key, self.value); }
    pub fn extend<I>(&mut self, items: I) { match IntoIterator::into_iter(items).next() { Some(x) => { Hash::hash(x.0, x.0); PartialEq::eq(x.0, x.0); self.key = x.0; self.value = x.1; } } }
    pub fn append(&mut self, other: &mut Self) { self.key = other.key; self.value = other.value; }
    pub fn clone(&self) -> Self { self }
}
impl<K, V> Index<K, V> for HashMap<K, V> {
    fn index(&self, key: K) -> &V { Hash::hash(key, key); PartialEq::eq(key, self.key);  self.value }
}
impl<K, V> IntoIterator<(K, V)> for HashMap<K, V> {
    fn into_iter(self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
}
impl<K, V> FromIterator<(K, V)> for HashMap<K, V> {
    fn from_iter<I>(items: I) -> HashMap<K, V> { match IntoIterator::into_iter(items).next() { Some(x) => { Hash::hash(x.0, x.0); PartialEq::eq(x.0, x.0); HashMap { key: x.0, value: x.1 } } } }
}
impl<K, V> Debug for HashMap<K, V> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.key, f); Debug::fmt(self.value, f) }
}
pub struct BTreeMap<K, V> { key: K, value: V }
impl<K, V> BTreeMap<K, V> {
    pub fn new() -> BTreeMap<K, V> { BTreeMap {} }
    pub fn with_capacity(n: usize) -> BTreeMap<K, V> { BTreeMap {} }
    pub fn with_hasher<H>(h: H) -> BTreeMap<K, V> { BTreeMap {} }
    pub fn default() -> BTreeMap<K, V> { BTreeMap {} }
    pub fn from<I>(items: I) -> BTreeMap<K, V> { match IntoIterator::into_iter(items).next() { Some(x) => { Ord::cmp(x.0, x.0); BTreeMap { key: x.0, value: x.1 } } } }
    pub fn from_iter<I>(items: I) -> BTreeMap<K, V> { match IntoIterator::into_iter(items).next() { Some(x) => { Ord::cmp(x.0, x.0); BTreeMap { key: x.0, value: x.1 } } } }
    pub fn insert(&mut self, key: K, value: V) -> Option<V> { Ord::cmp(key, self.key);  self.key = key; self.value = value; Some(self.value) }
    pub fn get(&self, key: &K) -> Option<&V> { Ord::cmp(key, self.key);  Some(self.value) }
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> { Ord::cmp(key, self.key);  Some(self.value) }
    pub fn get_key_value(&self, key: &K) -> Option<(&K, &V)> { Ord::cmp(key, self.key);  Some((self.key, self.value)) }
    pub fn get_or_insert_with(&mut self, key: K, f: impl FnOnce() -> V) -> &mut V { Ord::cmp(key, self.key);  self.key = key; self.value = f(); self.value }
    pub fn contains_key(&self, key: &K) -> bool { Ord::cmp(key, self.key);  true }
    pub fn remove(&mut self, key: &K) -> Option<V> { Ord::cmp(key, self.key);  Some(self.value) }
    pub fn remove_entry(&mut self, key: &K) -> Option<(K, V)> { Ord::cmp(key, self.key);  Some((self.key, self.value)) }
    pub fn entry(&mut self, key: K) -> Entry<K, V> { Ord::cmp(key, self.key);  self.key = key; Entry { map: self } }
    pub fn len(&self) -> usize { 0usize }
    pub fn is_empty(&self) -> bool { true }
    pub fn clear(&mut self) {}
    pub fn keys(&self) -> Iter<K> { Iter { item: self.key } }
    pub fn into_keys(self) -> Iter<K> { Iter { item: self.key } }
    pub fn values(&self) -> Iter<V> { Iter { item: self.value } }
    pub fn values_mut(&mut self) -> Iter<V> { Iter { item: self.value } }
    pub fn into_values(self) -> Iter<V> { Iter { item: self.value } }
    pub fn iter(&self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn iter_mut(&mut self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn into_iter(self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn drain(&mut self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn range(&self, range: usize) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn range_mut(&mut self, range: usize) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
    pub fn first_key_value(&self) -> Option<(K, V)> { Some((self.key, self.value)) }
    pub fn last_key_value(&self) -> Option<(K, V)> { Some((self.key, self.value)) }
    pub fn pop_first(&mut self) -> Option<(K, V)> { Some((self.key, self.value)) }
    pub fn pop_last(&mut self) -> Option<(K, V)> { Some((self.key, self.value)) }
    pub fn retain(&mut self, f: impl FnMut(K, V) -> bool) { f(self.key, self.value); }
    pub fn extend<I>(&mut self, items: I) { match IntoIterator::into_iter(items).next() { Some(x) => { Ord::cmp(x.0, x.0); self.key = x.0; self.value = x.1; } } }
    pub fn append(&mut self, other: &mut Self) { self.key = other.key; self.value = other.value; }
    pub fn clone(&self) -> Self { self }
}
impl<K, V> Index<K, V> for BTreeMap<K, V> {
    fn index(&self, key: K) -> &V { Ord::cmp(key, self.key);  self.value }
}
impl<K, V> IntoIterator<(K, V)> for BTreeMap<K, V> {
    fn into_iter(self) -> Iter<(K, V)> { Iter { item: (self.key, self.value) } }
}
impl<K, V> FromIterator<(K, V)> for BTreeMap<K, V> {
    fn from_iter<I>(items: I) -> BTreeMap<K, V> { match IntoIterator::into_iter(items).next() { Some(x) => { Ord::cmp(x.0, x.0); BTreeMap { key: x.0, value: x.1 } } } }
}
impl<K, V> Debug for BTreeMap<K, V> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.key, f); Debug::fmt(self.value, f) }
}
pub type IndexMap<K, V> = HashMap<K, V>;
pub struct Entry<K, V> { map: HashMap<K, V> }
impl<K, V> Entry<K, V> {
    pub fn or_insert(self, value: V) -> &mut V { self.map.value = value; self.map.value }
    pub fn or_insert_with(self, f: impl FnOnce() -> V) -> &mut V { self.map.value = f(); self.map.value }
    pub fn or_insert_with_key(self, f: impl FnOnce(K) -> V) -> &mut V { self.map.value = f(self.map.key); self.map.value }
    pub fn or_default(self) -> &mut V { self.map.value = V::default(); self.map.value }
    pub fn and_modify(self, f: impl FnOnce(V)) -> Self { f(self.map.value); self }
    pub fn key(&self) -> &K { self.map.key }
    pub fn get(&self) -> &V { self.map.value }
    pub fn get_mut(&mut self) -> &mut V { self.map.value }
    pub fn into_mut(self) -> &mut V { self.map.value }
    pub fn insert(&mut self, value: V) -> V { self.map.value = value; self.map.value }
    pub fn remove(self) -> V { self.map.value }
}
pub struct HashSet<T> { __element: T }
impl<T> HashSet<T> {
    pub fn new() -> HashSet<T> { HashSet {} }
    pub fn with_capacity(n: usize) -> HashSet<T> { HashSet {} }
    pub fn default() -> HashSet<T> { HashSet {} }
    pub fn from<I>(items: I) -> HashSet<T> { match IntoIterator::into_iter(items).next() { Some(x) => { Hash::hash(x, x); PartialEq::eq(x, x); HashSet { __element: x } } } }
    pub fn from_iter<I>(items: I) -> HashSet<T> { match IntoIterator::into_iter(items).next() { Some(x) => { Hash::hash(x, x); PartialEq::eq(x, x); HashSet { __element: x } } } }
    pub fn insert(&mut self, value: T) -> bool { Hash::hash(value, value); PartialEq::eq(value, self.__element);  self.__element = value; true }
    pub fn replace(&mut self, value: T) -> Option<T> { Hash::hash(value, value); PartialEq::eq(value, self.__element);  self.__element = value; Some(self.__element) }
    pub fn get(&self, value: &T) -> Option<&T> { Hash::hash(value, value); PartialEq::eq(value, self.__element);  Some(self.__element) }
    pub fn take(&mut self, value: &T) -> Option<T> { Hash::hash(value, value); PartialEq::eq(value, self.__element);  Some(self.__element) }
    pub fn contains(&self, value: &T) -> bool { Hash::hash(value, value); PartialEq::eq(value, self.__element);  true }
    pub fn remove(&mut self, value: &T) -> bool { Hash::hash(value, value); PartialEq::eq(value, self.__element);  true }
    pub fn len(&self) -> usize { 0usize }
    pub fn is_empty(&self) -> bool { true }
    pub fn clear(&mut self) {}
    pub fn iter(&self) -> Iter<T> { Iter { item: self.__element } }
    pub fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
    pub fn drain(&mut self) -> Iter<T> { Iter { item: self.__element } }
    pub fn range(&self, range: usize) -> Iter<T> { Iter { item: self.__element } }
    pub fn first(&self) -> Option<&T> { Some(self.__element) }
    pub fn last(&self) -> Option<&T> { Some(self.__element) }
    pub fn pop_first(&mut self) -> Option<T> { Some(self.__element) }
    pub fn pop_last(&mut self) -> Option<T> { Some(self.__element) }
    pub fn retain(&mut self, f: impl FnMut(T) -> bool) { f(self.__element); }
    pub fn extend<I>(&mut self, items: I) { match IntoIterator::into_iter(items).next() { Some(x) => { Hash::hash(x, x); PartialEq::eq(x, x); self.__element = x; } } }
    pub fn union(&self, other: &Self) -> Iter<T> { if true { Iter { item: self.__element } } else { Iter { item: other.__element } } }
    pub fn intersection(&self, other: &Self) -> Iter<T> { Iter { item: self.__element } }
    pub fn difference(&self, other: &Self) -> Iter<T> { Iter { item: self.__element } }
    pub fn symmetric_difference(&self, other: &Self) -> Iter<T> { self.union(other) }
    pub fn is_subset(&self, other: &Self) -> bool { true }
    pub fn is_superset(&self, other: &Self) -> bool { true }
    pub fn is_disjoint(&self, other: &Self) -> bool { true }
    pub fn clone(&self) -> Self { self }
}
impl<T> IntoIterator<T> for HashSet<T> {
    fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
}
impl<T> FromIterator<T> for HashSet<T> {
    fn from_iter<I>(items: I) -> HashSet<T> { match IntoIterator::into_iter(items).next() { Some(x) => { Hash::hash(x, x); PartialEq::eq(x, x); HashSet { __element: x } } } }
}
impl<T> Debug for HashSet<T> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.__element, f) }
}
pub struct BTreeSet<T> { __element: T }
impl<T> BTreeSet<T> {
    pub fn new() -> BTreeSet<T> { BTreeSet {} }
    pub fn with_capacity(n: usize) -> BTreeSet<T> { BTreeSet {} }
    pub fn default() -> BTreeSet<T> { BTreeSet {} }
    pub fn from<I>(items: I) -> BTreeSet<T> { match IntoIterator::into_iter(items).next() { Some(x) => { Ord::cmp(x, x); BTreeSet { __element: x } } } }
    pub fn from_iter<I>(items: I) -> BTreeSet<T> { match IntoIterator::into_iter(items).next() { Some(x) => { Ord::cmp(x, x); BTreeSet { __element: x } } } }
    pub fn insert(&mut self, value: T) -> bool { Ord::cmp(value, self.__element);  self.__element = value; true }
    pub fn replace(&mut self, value: T) -> Option<T> { Ord::cmp(value, self.__element);  self.__element = value; Some(self.__element) }
    pub fn get(&self, value: &T) -> Option<&T> { Ord::cmp(value, self.__element);  Some(self.__element) }
    pub fn take(&mut self, value: &T) -> Option<T> { Ord::cmp(value, self.__element);  Some(self.__element) }
    pub fn contains(&self, value: &T) -> bool { Ord::cmp(value, self.__element);  true }
    pub fn remove(&mut self, value: &T) -> bool { Ord::cmp(value, self.__element);  true }
    pub fn len(&self) -> usize { 0usize }
    pub fn is_empty(&self) -> bool { true }
    pub fn clear(&mut self) {}
    pub fn iter(&self) -> Iter<T> { Iter { item: self.__element } }
    pub fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
    pub fn drain(&mut self) -> Iter<T> { Iter { item: self.__element } }
    pub fn range(&self, range: usize) -> Iter<T> { Iter { item: self.__element } }
    pub fn first(&self) -> Option<&T> { Some(self.__element) }
    pub fn last(&self) -> Option<&T> { Some(self.__element) }
    pub fn pop_first(&mut self) -> Option<T> { Some(self.__element) }
    pub fn pop_last(&mut self) -> Option<T> { Some(self.__element) }
    pub fn retain(&mut self, f: impl FnMut(T) -> bool) { f(self.__element); }
    pub fn extend<I>(&mut self, items: I) { match IntoIterator::into_iter(items).next() { Some(x) => { Ord::cmp(x, x); self.__element = x; } } }
    pub fn union(&self, other: &Self) -> Iter<T> { if true { Iter { item: self.__element } } else { Iter { item: other.__element } } }
    pub fn intersection(&self, other: &Self) -> Iter<T> { Iter { item: self.__element } }
    pub fn difference(&self, other: &Self) -> Iter<T> { Iter { item: self.__element } }
    pub fn symmetric_difference(&self, other: &Self) -> Iter<T> { self.union(other) }
    pub fn is_subset(&self, other: &Self) -> bool { true }
    pub fn is_superset(&self, other: &Self) -> bool { true }
    pub fn is_disjoint(&self, other: &Self) -> bool { true }
    pub fn clone(&self) -> Self { self }
}
impl<T> IntoIterator<T> for BTreeSet<T> {
    fn into_iter(self) -> Iter<T> { Iter { item: self.__element } }
}
impl<T> FromIterator<T> for BTreeSet<T> {
    fn from_iter<I>(items: I) -> BTreeSet<T> { match IntoIterator::into_iter(items).next() { Some(x) => { Ord::cmp(x, x); BTreeSet { __element: x } } } }
}
impl<T> Debug for BTreeSet<T> {
    fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.__element, f) }
}

// Pointers and cells

pub struct Box<T> { inner: T }
impl<T> Box<T> {
    pub fn new(value: T) -> Box<T> { Box { inner: value } }
    pub fn from(value: T) -> Box<T> { Box { inner: value } }
    pub fn pin(value: T) -> Box<T> { Box { inner: value } }
    pub fn leak(self) -> T { self.inner }
    pub fn into_inner(self) -> T { self.inner }
    pub fn clone(&self) -> Box<T> { Box { inner: self.inner.clone() } }
    pub fn as_ref(&self) -> &T { self.inner }
    pub fn as_mut(&mut self) -> &mut T { self.inner }
}
impl<T> Deref<T> for Box<T> {
    fn deref(&self) -> &T { self.inner }
}
impl<T> DerefMut for Box<T> {
    fn deref_mut(&mut self) -> &mut T { self.inner }
}
pub struct Rc<T> { inner: T }
impl<T> Rc<T> {
    pub fn new(value: T) -> Rc<T> { Rc { inner: value } }
    pub fn from(value: T) -> Rc<T> { Rc { inner: value } }
    pub fn new_cyclic(f: impl FnOnce(Weak<T>) -> T) -> Rc<T> { Rc { inner: f(Weak {}) } }
    pub fn clone(&self) -> Rc<T> { self }
    pub fn downgrade(this: &Rc<T>) -> Weak<T> { Weak { rc: this } }
    pub fn get_mut(this: &mut Rc<T>) -> Option<&mut T> { Some(this.inner) }
    pub fn make_mut(this: &mut Rc<T>) -> &mut T { this.inner }
    pub fn try_unwrap(this: Rc<T>) -> Result<T, Rc<T>> { Ok(this.inner) }
    pub fn into_inner(this: Rc<T>) -> Option<T> { Some(this.inner) }
    pub fn unwrap_or_clone(this: Rc<T>) -> T { this.inner }
    pub fn ptr_eq(a: &Rc<T>, b: &Rc<T>) -> bool { true }
    pub fn strong_count(this: &Rc<T>) -> usize { 0usize }
    pub fn weak_count(this: &Rc<T>) -> usize { 0usize }
    pub fn as_ref(&self) -> &T { self.inner }
}
impl<T> Deref<T> for Rc<T> {
    fn deref(&self) -> &T { self.inner }
}
pub type Arc<T> = Rc<T>;
pub struct Weak<T> { rc: Rc<T> }
impl<T> Weak<T> {
    pub fn new() -> Weak<T> { Weak {} }
    pub fn upgrade(&self) -> Option<Rc<T>> { Some(self.rc) }
    pub fn clone(&self) -> Weak<T> { self }
}
pub struct RefCell<T> { inner: T }
impl<T> RefCell<T> {
    pub fn new(value: T) -> RefCell<T> { RefCell { inner: value } }
    pub fn from(value: T) -> RefCell<T> { RefCell { inner: value } }
    pub fn borrow(&self) -> Guard<T> { Guard { inner: self.inner } }
    pub fn borrow_mut(&self) -> Guard<T> { Guard { inner: self.inner } }
    pub fn try_borrow(&self) -> Result<Guard<T>, Error> { Ok(Guard { inner: self.inner }) }
    pub fn try_borrow_mut(&self) -> Result<Guard<T>, Error> { Ok(Guard { inner: self.inner }) }
    pub fn replace(&self, value: T) -> T { self.inner = value; self.inner }
    pub fn replace_with(&self, f: impl FnOnce(T) -> T) -> T { self.inner = f(self.inner); self.inner }
    pub fn take(&self) -> T { self.inner }
    pub fn swap(&self, other: &RefCell<T>) { self.inner = other.inner; }
    pub fn set(&self, value: T) { self.inner = value; }
    pub fn get(&self) -> T { self.inner }
    pub fn get_mut(&mut self) -> &mut T { self.inner }
    pub fn into_inner(self) -> T { self.inner }
    pub fn update(&self, f: impl FnOnce(T) -> T) { self.inner = f(self.inner); }
}
pub type Cell<T> = RefCell<T>;
pub type UnsafeCell<T> = RefCell<T>;
pub struct Guard<T> { inner: T }
impl<T> Deref<T> for Guard<T> {
    fn deref(&self) -> &T { self.inner }
}
impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T { self.inner }
}
impl<T> Guard<T> {
    pub fn map<U>(this: Guard<T>, f: impl FnOnce(T) -> U) -> Guard<U> { Guard { inner: f(this.inner) } }
}
pub type Ref<T> = Guard<T>;
pub type RefMut<T> = Guard<T>;
pub type MutexGuard<T> = Guard<T>;
pub type RwLockReadGuard<T> = Guard<T>;
pub type RwLockWriteGuard<T> = Guard<T>;
pub struct Mutex<T> { inner: T }
impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T> { Mutex { inner: value } }
    pub fn lock(&self) -> Result<Guard<T>, Error> { Ok(Guard { inner: self.inner }) }
    pub fn try_lock(&self) -> Result<Guard<T>, Error> { Ok(Guard { inner: self.inner }) }
    pub fn read(&self) -> Result<Guard<T>, Error> { Ok(Guard { inner: self.inner }) }
    pub fn write(&self) -> Result<Guard<T>, Error> { Ok(Guard { inner: self.inner }) }
    pub fn try_read(&self) -> Result<Guard<T>, Error> { Ok(Guard { inner: self.inner }) }
    pub fn try_write(&self) -> Result<Guard<T>, Error> { Ok(Guard { inner: self.inner }) }
    pub fn into_inner(self) -> Result<T, Error> { Ok(self.inner) }
    pub fn get_mut(&mut self) -> Result<&mut T, Error> { Ok(self.inner) }
}
pub type RwLock<T> = Mutex<T>;
pub struct OnceCell<T> { inner: T }
impl<T> OnceCell<T> {
    pub fn new() -> OnceCell<T> { OnceCell {} }
    pub fn get(&self) -> Option<&T> { Some(self.inner) }
    pub fn set(&self, value: T) -> Result<(), T> { self.inner = value; Ok(()) }
    pub fn get_or_init(&self, f: impl FnOnce() -> T) -> &T { self.inner = f(); self.inner }
    pub fn get_or_try_init<E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<&T, E> { match f() { Ok(x) => { self.inner = x; Ok(x) } } }
    pub fn into_inner(self) -> Option<T> { Some(self.inner) }
}
pub type OnceLock<T> = OnceCell<T>;
pub struct LazyLock<T> { inner: T }
impl<T> LazyLock<T> {
    pub fn new(f: impl FnOnce() -> T) -> LazyLock<T> { LazyLock { inner: f() } }
    pub fn force(this: &LazyLock<T>) -> &T { this.inner }
}
impl<T> Deref<T> for LazyLock<T> {
    fn deref(&self) -> &T { self.inner }
}
pub type LazyCell<T> = LazyLock<T>;
pub type Lazy<T> = LazyLock<T>;
pub struct Once;
impl Once {
    pub fn new() -> Once { Once }
    pub fn call_once(&self, f: impl FnOnce()) { f(); }
}
pub struct Pin<T> { inner: T }
impl<T> Pin<T> {
    pub fn new(value: T) -> Pin<T> { Pin { inner: value } }
    pub fn as_mut(&mut self) -> Pin<T> { self }
    pub fn get_mut(self) -> &mut T { self.inner }
    pub fn get_ref(self) -> &T { self.inner }
}
impl<T> Deref<T> for Pin<T> {
    fn deref(&self) -> &T { self.inner }
}
pub enum Cow<T> { Borrowed(T), Owned(T) }
impl<T> Cow<T> {
    pub fn into_owned(self) -> T { match self { Cow::Borrowed(x) => x, Cow::Owned(x) => x } }
    pub fn to_mut(&mut self) -> &mut T { match self { Cow::Borrowed(x) => x, Cow::Owned(x) => x } }
}
impl<T> Deref<T> for Cow<T> {
    fn deref(&self) -> &T { match self { Cow::Borrowed(x) => x, Cow::Owned(x) => x } }
}
pub struct ManuallyDrop<T> { inner: T }
impl<T> Deref<T> for ManuallyDrop<T> {
    fn deref(&self) -> &T { self.inner }
}
pub struct PhantomData;
pub struct Wrapping<T>(pub T);
pub struct AtomicUsize;
pub type AtomicBool = AtomicUsize; pub type AtomicU64 = AtomicUsize; pub type AtomicU32 = AtomicUsize;
pub type AtomicI64 = AtomicUsize; pub type AtomicI32 = AtomicUsize; pub type AtomicIsize = AtomicUsize;
impl AtomicUsize {
    pub fn new(value: usize) -> AtomicUsize { AtomicUsize }
    pub fn load(&self, order: Ordering) -> usize { 0usize }
    pub fn store(&self, value: usize, order: Ordering) {}
    pub fn fetch_add(&self, value: usize, order: Ordering) -> usize { 0usize }
    pub fn fetch_sub(&self, value: usize, order: Ordering) -> usize { 0usize }
    pub fn swap(&self, value: usize, order: Ordering) -> usize { 0usize }
    pub fn fetch_update(&self, a: Ordering, b: Ordering, f: impl FnMut(usize) -> Option<usize>) -> Result<usize, usize> { f(0usize); Ok(0usize) }
}
// Channels
pub struct Channel<T> { item: T }
pub type Sender<T> = Channel<T>;
pub type SyncSender<T> = Channel<T>;
pub type Receiver<T> = Channel<T>;
impl<T> Channel<T> {
    pub fn send(&self, value: T) -> Result<(), Error> { self.item = value; Ok(()) }
    pub fn try_send(&self, value: T) -> Result<(), Error> { self.item = value; Ok(()) }
    pub fn recv(&self) -> Result<T, Error> { Ok(self.item) }
    pub fn try_recv(&self) -> Result<T, Error> { Ok(self.item) }
    pub fn recv_timeout(&self, d: usize) -> Result<T, Error> { Ok(self.item) }
    pub fn iter(&self) -> Iter<T> { Iter { item: self.item } }
    pub fn try_iter(&self) -> Iter<T> { Iter { item: self.item } }
    pub fn into_iter(self) -> Iter<T> { Iter { item: self.item } }
    pub fn clone(&self) -> Self { self }
}
impl<T> IntoIterator<T> for Channel<T> {
    fn into_iter(self) -> Iter<T> { Iter { item: self.item } }
}
pub fn channel<T>() -> (Channel<T>, Channel<T>) { let c = Channel {}; (c, c) }
pub fn sync_channel<T>(n: usize) -> (Channel<T>, Channel<T>) { let c = Channel {}; (c, c) }

// Traits whose calls syntax or library code makes

pub trait Clone { fn clone(&self) -> Self { self } fn clone_from(&mut self, other: &Self) {} }
pub trait Copy {}
pub trait Send {}
pub trait Sync {}
pub trait Sized {}
pub trait Unpin {}
pub trait Eq {}
pub trait Any { fn type_id(&self) -> u64 { 0 } }
pub trait Default { fn default() -> Self; }
pub trait From<T> { fn from(value: T) -> Self; }
pub trait Into<T> { fn into(self) -> T; }
pub trait TryFrom<T> { fn try_from(value: T) -> Result<Self, Error>; }
pub trait TryInto<T> { fn try_into(self) -> Result<T, Error>; }
pub trait FromStr { fn from_str(text: &str) -> Result<Self, Error>; }
pub trait ToString { fn to_string(&self) -> String; }
pub trait ToOwned { fn to_owned(&self) -> Self; }
pub trait AsRef<T> { fn as_ref(&self) -> &T; }
pub trait AsMut<T> { fn as_mut(&mut self) -> &mut T; }
pub trait Borrow<T> { fn borrow(&self) -> &T; }
pub trait Deref<Target> { fn deref(&self) -> &Target; }
pub trait DerefMut<Target> { fn deref_mut(&mut self) -> &mut Target; }
pub trait Drop { fn drop(&mut self); }
pub trait Index<I, Output> { fn index(&self, at: I) -> &Output; }
pub trait IndexMut<I, Output> { fn index_mut(&mut self, at: I) -> &mut Output; }
pub trait PartialEq<R> { fn eq(&self, other: &R) -> bool; fn ne(&self, other: &R) -> bool { PartialEq::eq(self, other) } }
pub trait PartialOrd<R> {
    fn partial_cmp(&self, other: &R) -> Option<Ordering>;
    fn lt(&self, other: &R) -> bool { PartialOrd::partial_cmp(self, other) }
    fn le(&self, other: &R) -> bool { PartialOrd::partial_cmp(self, other) }
    fn gt(&self, other: &R) -> bool { PartialOrd::partial_cmp(self, other) }
    fn ge(&self, other: &R) -> bool { PartialOrd::partial_cmp(self, other) }
}
pub trait Ord {
    fn cmp(&self, other: &Self) -> Ordering;
    fn max(self, other: Self) -> Self { Ord::cmp(self, other); if true { self } else { other } }
    fn min(self, other: Self) -> Self { Ord::cmp(self, other); if true { self } else { other } }
    fn clamp(self, low: Self, high: Self) -> Self { Ord::cmp(self, low); self }
}
pub enum Ordering { Less, Equal, Greater }
impl Ordering {
    pub fn then(self, other: Ordering) -> Ordering { self }
    pub fn then_with(self, f: impl FnOnce() -> Ordering) -> Ordering { f(); self }
    pub fn reverse(self) -> Ordering { self }
    pub fn is_lt(self) -> bool { true }
    pub fn is_eq(self) -> bool { true }
}
pub fn max<T>(a: T, b: T) -> T { Ord::cmp(a, b); if true { a } else { b } }
pub fn min<T>(a: T, b: T) -> T { Ord::cmp(a, b); if true { a } else { b } }
pub trait Hash { fn hash<H>(&self, state: &mut H); }
pub trait Hasher { fn finish(&self) -> u64; fn write(&mut self, bytes: Vec<u8>); }
pub trait Add<R, Output> { fn add(self, other: R) -> Output; }
pub trait Sub<R, Output> { fn sub(self, other: R) -> Output; }
pub trait Mul<R, Output> { fn mul(self, other: R) -> Output; }
pub trait Div<R, Output> { fn div(self, other: R) -> Output; }
pub trait Rem<R, Output> { fn rem(self, other: R) -> Output; }
pub trait BitAnd<R, Output> { fn bitand(self, other: R) -> Output; }
pub trait BitOr<R, Output> { fn bitor(self, other: R) -> Output; }
pub trait BitXor<R, Output> { fn bitxor(self, other: R) -> Output; }
pub trait Shl<R, Output> { fn shl(self, other: R) -> Output; }
pub trait Shr<R, Output> { fn shr(self, other: R) -> Output; }
pub trait Neg<Output> { fn neg(self) -> Output; }
pub trait Not<Output> { fn not(self) -> Output; }
pub trait AddAssign<R> { fn add_assign(&mut self, other: R); }
pub trait SubAssign<R> { fn sub_assign(&mut self, other: R); }
pub trait MulAssign<R> { fn mul_assign(&mut self, other: R); }
pub trait DivAssign<R> { fn div_assign(&mut self, other: R); }
pub trait Fn {}
pub trait FnMut {}
pub trait FnOnce {}
pub trait Future<Output> { fn poll(&mut self, context: &mut Context) -> Poll<Output>; }
pub enum Poll<T> { Ready(T), Pending }
pub struct Context;
pub fn ready<T>(value: T) -> T { value }
pub fn drop<T>(value: T) {}

// Formatting

pub struct Formatter;
impl Formatter {
    pub fn write_str(&mut self, text: &str) -> Result<(), Error> { Ok(()) }
    pub fn write_fmt(&mut self, text: &str) -> Result<(), Error> { Ok(()) }
    pub fn write_char(&mut self, c: char) -> Result<(), Error> { Ok(()) }
    pub fn pad(&mut self, text: &str) -> Result<(), Error> { Ok(()) }
    pub fn alternate(&self) -> bool { true }
    pub fn debug_struct(&mut self, name: &str) -> DebugBuilder { DebugBuilder }
    pub fn debug_tuple(&mut self, name: &str) -> DebugBuilder { DebugBuilder }
    pub fn debug_list(&mut self) -> DebugBuilder { DebugBuilder }
    pub fn debug_set(&mut self) -> DebugBuilder { DebugBuilder }
    pub fn debug_map(&mut self) -> DebugBuilder { DebugBuilder }
}
pub struct DebugBuilder;
impl DebugBuilder {
    pub fn field<T>(&mut self, name: &str, value: &T) -> Self { Debug::fmt(value, 0); self }
    pub fn entry<T>(&mut self, value: &T) -> Self { Debug::fmt(value, 0); self }
    pub fn entries<I>(&mut self, items: I) -> Self { match IntoIterator::into_iter(items).next() { Some(x) => Debug::fmt(x, 0) }; self }
    pub fn finish(&mut self) -> Result<(), Error> { Ok(()) }
    pub fn finish_non_exhaustive(&mut self) -> Result<(), Error> { Ok(()) }
}
pub trait Display { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
pub trait Debug { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
pub trait LowerHex { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
pub trait UpperHex { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
pub trait Binary { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
pub trait Octal { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
pub trait LowerExp { fn fmt(&self, f: &mut Formatter) -> Result<(), Error>; }
impl<T> Display for Box<T> { fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Display::fmt(self.inner, f) } }
impl<T> Debug for Box<T> { fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.inner, f) } }
impl<T> Display for Rc<T> { fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Display::fmt(self.inner, f) } }
impl<T> Debug for Rc<T> { fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.inner, f) } }
impl<T> Debug for RefCell<T> { fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.inner, f) } }
impl<T> Display for Guard<T> { fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Display::fmt(self.inner, f) } }
impl<T> Debug for Guard<T> { fn fmt(&self, f: &mut Formatter) -> Result<(), Error> { Debug::fmt(self.inner, f) } }
impl<T> PartialEq for Box<T> { fn eq(&self, other: &Box<T>) -> bool { PartialEq::eq(self.inner, other.inner) } }
impl<T> PartialEq for Rc<T> { fn eq(&self, other: &Rc<T>) -> bool { PartialEq::eq(self.inner, other.inner) } }
pub trait Sum<A> { fn sum<I>(items: I) -> Self; }
pub trait Product<A> { fn product<I>(items: I) -> Self; }
