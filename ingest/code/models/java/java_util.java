
public interface Comparator<T> {
  int compare(T a, T b);
  default Comparator<T> reversed() { return (a, b) -> this.compare(b, a); }
  default Comparator<T> thenComparing(Comparator<T> other) { return (a, b) -> { this.compare(a, b); other.compare(a, b); Object k = other.apply(a); k.compareTo(other.apply(b)); return 0; }; }
  default Comparator<T> thenComparing(Function<T, Object> key, Comparator other) { return (a, b) -> { this.compare(a, b); return other.compare(key.apply(a), key.apply(b)); }; }
  default Comparator<T> thenComparingInt(ToIntFunction<T> key) { return (a, b) -> { this.compare(a, b); key.applyAsInt(a); return key.applyAsInt(b); }; }
  default Comparator<T> thenComparingLong(ToLongFunction<T> key) { return (a, b) -> { this.compare(a, b); key.applyAsLong(a); return 0; }; }
  default Comparator<T> thenComparingDouble(ToDoubleFunction<T> key) { return (a, b) -> { this.compare(a, b); key.applyAsDouble(a); return 0; }; }
  static <T> Comparator<T> comparing(Function<T, Object> key) { return (a, b) -> { Object x = key.apply(a); Object y = key.apply(b); return x.compareTo(y); }; }
  static <T> Comparator<T> comparing(Function<T, Object> key, Comparator other) { return (a, b) -> other.compare(key.apply(a), key.apply(b)); }
  static <T> Comparator<T> comparingInt(ToIntFunction<T> key) { return (a, b) -> { key.applyAsInt(a); return key.applyAsInt(b); }; }
  static <T> Comparator<T> comparingLong(ToLongFunction<T> key) { return (a, b) -> { key.applyAsLong(a); key.applyAsLong(b); return 0; }; }
  static <T> Comparator<T> comparingDouble(ToDoubleFunction<T> key) { return (a, b) -> { key.applyAsDouble(a); key.applyAsDouble(b); return 0; }; }
  static <T> Comparator<T> naturalOrder() { return (a, b) -> a.compareTo(b); }
  static <T> Comparator<T> reverseOrder() { return (a, b) -> b.compareTo(a); }
  static <T> Comparator<T> nullsFirst(Comparator<T> c) { return c; }
  static <T> Comparator<T> nullsLast(Comparator<T> c) { return c; }
}
public interface Iterator<E> {
  boolean hasNext();
  E next();
  default void remove() {}
  default void forEachRemaining(Consumer<E> f) { this.hasNext(); f.accept(this.next()); }
}
public interface Enumeration<E> { boolean hasMoreElements(); E nextElement(); default Iterator<E> asIterator() { __Iterator<E> i = new __Iterator<E>(); i.__element = this.nextElement(); return i; } }
class __Iterator<E> implements ListIterator<E>, Enumeration<E> {
  boolean hasNext() {} E next() { return this.__element; } boolean hasPrevious() {} E previous() { return this.__element; } int nextIndex() {} int previousIndex() {} void set(E e) { this.__element = e; } void add(E e) { this.__element = e; } void remove() {} boolean hasMoreElements() {} E nextElement() { return this.__element; }
  int nextInt() {} long nextLong() {} double nextDouble() {}
  void forEachRemaining(Consumer<E> f) { f.accept(this.__element); }
}
public interface ListIterator<E> extends Iterator<E> { boolean hasPrevious(); E previous(); int nextIndex(); int previousIndex(); void set(E e); void add(E e); }
public class PrimitiveIterator extends __Iterator { public class OfInt extends __Iterator {} }
public class Spliterator<T> { boolean tryAdvance(Consumer<T> f) { f.accept(this.__element); } void forEachRemaining(Consumer<T> f) { f.accept(this.__element); } Spliterator<T> trySplit() { return this; } long estimateSize() {} static __int ORDERED; }
public class Spliterators { static <T> Spliterator<T> spliteratorUnknownSize(Iterator<T> i, int n) { Spliterator<T> s = new Spliterator<T>(); i.hasNext(); s.__element = i.next(); return s; } }

public interface Collection<E> extends Iterable<E> {
  default Iterator<E> iterator() { __Iterator<E> i = new __Iterator<E>(); i.__element = this.__element; return i; }
  default void forEach(Consumer<E> f) { f.accept(this.__element); }
  default boolean add(E e) { this.__element = e; }
  default boolean addAll(Collection<E> c) { this.__element = c.__element; }
  default boolean remove(Object o) { o.equals(this.__element); }
  default boolean contains(Object o) { o.equals(this.__element); }
  default boolean containsAll(Collection c) { Object o = c.__element; o.equals(this.__element); }
  default boolean removeAll(Collection c) { Object o = this.__element; o.equals(c.__element); }
  default boolean retainAll(Collection c) { Object o = this.__element; o.equals(c.__element); }
  default boolean removeIf(Predicate<E> f) { f.test(this.__element); }
  default int size() {} default boolean isEmpty() {} default void clear() {}
  default Stream<E> stream() { Stream<E> s = new Stream<E>(); s.__element = this.__element; return s; }
  default Stream<E> parallelStream() { Stream<E> s = new Stream<E>(); s.__element = this.__element; return s; }
  default Object[] toArray() { Object[] a = new Object[1]; a[0] = this.__element; return a; }
  default <T> T[] toArray(T[] to) { T[] a = new T[1]; a[0] = this.__element; return a; }
  default String toString() { Object o = this.__element; o.toString(); return ""; }
}
public interface SequencedCollection<E> extends Collection<E> {
  default E getFirst() { return this.__element; } default E getLast() { return this.__element; } default E removeFirst() { return this.__element; } default E removeLast() { return this.__element; } default void addFirst(E e) { this.__element = e; } default void addLast(E e) { this.__element = e; } default SequencedCollection<E> reversed() { return this; }
}
public interface List<E> extends SequencedCollection<E> {
  default E get(int i) { return this.__element; }
  default E set(int i, E e) { E old = this.__element; this.__element = e; return old; }
  default void add(int i, E e) { this.__element = e; }
  default boolean addAll(int i, Collection<E> c) { this.__element = c.__element; }
  default E remove(int i) { return this.__element; }
  default int indexOf(Object o) { o.equals(this.__element); } default int lastIndexOf(Object o) { o.equals(this.__element); }
  default ListIterator<E> listIterator() { __Iterator<E> i = new __Iterator<E>(); i.__element = this.__element; return i; } default ListIterator<E> listIterator(int n) { __Iterator<E> i = new __Iterator<E>(); i.__element = this.__element; return i; }
  default List<E> subList(int a, int b) { return this; }
  default void sort(Comparator<E> c) { E a = this.__element; c.compare(a, a); }
  default void replaceAll(UnaryOperator<E> f) { this.__element = f.apply(this.__element); }
  static <T> List<T> of(T... all) { ArrayList<T> l = new ArrayList<T>(); l.__element = all.__element; return l; }
  static <T> List<T> copyOf(Collection<T> c) { ArrayList<T> l = new ArrayList<T>(); l.__element = c.__element; return l; }
  default void ensureCapacity(int n) {} default void trimToSize() {}
}
public class AbstractCollection<E> implements Collection<E> {}
public class AbstractList<E> extends AbstractCollection<E> implements List<E> {}
public class ArrayList<E> extends AbstractList<E> { ArrayList() {} ArrayList(int n) {} ArrayList(Collection<E> c) { this.__element = c.__element; } }
public class LinkedList<E> extends AbstractList<E> implements Deque<E> { LinkedList() {} LinkedList(Collection<E> c) { this.__element = c.__element; } }
public class Vector<E> extends AbstractList<E> { Vector() {} Vector(int n) {} Vector(Collection<E> c) { this.__element = c.__element; } E elementAt(int i) { return this.__element; } void addElement(E e) { this.__element = e; } E firstElement() { return this.__element; } E lastElement() { return this.__element; } Enumeration<E> elements() { __Iterator<E> i = new __Iterator<E>(); i.__element = this.__element; return i; } void removeAllElements() {} boolean removeElement(Object o) { o.equals(this.__element); } void insertElementAt(E e, int i) { this.__element = e; } void removeElementAt(int i) {} void setElementAt(E e, int i) { this.__element = e; } }
public class Stack<E> extends Vector<E> { E push(E e) { this.__element = e; return e; } E pop() { return this.__element; } E peek() { return this.__element; } boolean empty() {} int search(Object o) {} }
public interface RandomAccess {}

public interface Queue<E> extends Collection<E> { default boolean offer(E e) { this.__element = e; } default E poll() { return this.__element; } default E peek() { return this.__element; } default E element() { return this.__element; } default E remove() { return this.__element; } }
public interface Deque<E> extends Queue<E>, SequencedCollection<E> {
  default void push(E e) { this.__element = e; } default E pop() { return this.__element; } default boolean offerFirst(E e) { this.__element = e; } default boolean offerLast(E e) { this.__element = e; } default E pollFirst() { return this.__element; } default E pollLast() { return this.__element; } default E peekFirst() { return this.__element; } default E peekLast() { return this.__element; }
  default Iterator<E> descendingIterator() { __Iterator<E> i = new __Iterator<E>(); i.__element = this.__element; return i; } default boolean removeFirstOccurrence(Object o) { o.equals(this.__element); }
}
public class ArrayDeque<E> extends AbstractCollection<E> implements Deque<E> { ArrayDeque() {} ArrayDeque(int n) {} ArrayDeque(Collection<E> c) { this.__element = c.__element; } }
class __Sorted<E> extends AbstractCollection<E> {
  Comparator $comparator;
  void $compare(Object o) { Comparator c = this.$comparator; c.compare(o, this.__element); }
  boolean add(E e) { this.__element = e; Comparator c = this.$comparator; c.compare(e, this.__element); }
  boolean addAll(Collection<E> all) { E e = all.__element; this.__element = e; Comparator c = this.$comparator; c.compare(e, e); }
}
public class PriorityQueue<E> extends __Sorted<E> implements Queue<E> {
  PriorityQueue() { this.$comparator = Comparator.naturalOrder(); } PriorityQueue(int n) { this.$comparator = Comparator.naturalOrder(); } PriorityQueue(Comparator<E> c) { this.$comparator = c; } PriorityQueue(int n, Comparator<E> c) { this.$comparator = c; } PriorityQueue(Collection<E> c) { this.$comparator = Comparator.naturalOrder(); this.__element = c.__element; }
  boolean offer(E e) { this.__element = e; Comparator c = this.$comparator; c.compare(e, this.__element); }
  E poll() { E e = this.__element; Comparator c = this.$comparator; c.compare(e, e); return e; }
}
public interface Set<E> extends Collection<E> {
  default boolean add(E e) { e.hashCode(); e.equals(this.__element); this.__element = e; }
  default boolean contains(Object o) { o.hashCode(); o.equals(this.__element); } default boolean remove(Object o) { o.hashCode(); o.equals(this.__element); }
  default boolean addAll(Collection<E> c) { E e = c.__element; e.hashCode(); e.equals(this.__element); this.__element = e; }
  static <T> Set<T> of(T... all) { HashSet<T> s = new HashSet<T>(); T e = all.__element; e.hashCode(); e.equals(e); s.__element = e; return s; }
  static <T> Set<T> copyOf(Collection<T> c) { HashSet<T> s = new HashSet<T>(); T e = c.__element; e.hashCode(); e.equals(e); s.__element = e; return s; }
}
public class AbstractSet<E> extends AbstractCollection<E> implements Set<E> {}
public class HashSet<E> implements Set<E> { HashSet() {} HashSet(int n) {} HashSet(int n, float f) {} HashSet(Collection<E> c) { E e = c.__element; e.hashCode(); e.equals(e); this.__element = e; } }
public class LinkedHashSet<E> extends HashSet<E> implements SequencedCollection<E> { LinkedHashSet() {} LinkedHashSet(int n) {} LinkedHashSet(Collection<E> c) { E e = c.__element; e.hashCode(); e.equals(e); this.__element = e; } }
public class EnumSet<E> implements Set<E> { boolean add(E e) { this.__element = e; } boolean contains(Object o) {} boolean remove(Object o) {} static <T> EnumSet<T> of(T... all) { EnumSet<T> s = new EnumSet<T>(); s.__element = all.__element; return s; } static <T> EnumSet<T> noneOf(Class<T> c) { return new EnumSet<T>(); } static <T> EnumSet<T> allOf(Class<T> c) { return new EnumSet<T>(); } static <T> EnumSet<T> range(T a, T b) { return new EnumSet<T>(); } static <T> EnumSet<T> copyOf(Collection<T> c) { EnumSet<T> s = new EnumSet<T>(); s.__element = c.__element; return s; } static <T> EnumSet<T> complementOf(Object c) { return new EnumSet<T>(); } }
public interface SortedSet<E> extends Set<E>, SequencedCollection<E> { default E first() { return this.__element; } default E last() { return this.__element; } default SortedSet<E> headSet(E e) { return this; } default SortedSet<E> tailSet(E e) { return this; } default SortedSet<E> subSet(E a, E b) { return this; } }
public interface NavigableSet<E> extends SortedSet<E> { default E floor(E e) { Comparator c = this.$comparator; c.compare(e, this.__element); return this.__element; } default E ceiling(E e) { Comparator c = this.$comparator; c.compare(e, this.__element); return this.__element; } default E higher(E e) { Comparator c = this.$comparator; c.compare(e, this.__element); return this.__element; } default E lower(E e) { Comparator c = this.$comparator; c.compare(e, this.__element); return this.__element; } default E pollFirst() { return this.__element; } default E pollLast() { return this.__element; } default NavigableSet<E> descendingSet() { return this; } default Iterator<E> descendingIterator() { __Iterator<E> i = new __Iterator<E>(); i.__element = this.__element; return i; } }
public class TreeSet<E> extends __Sorted<E> implements NavigableSet<E> {
  TreeSet() { this.$comparator = Comparator.naturalOrder(); } TreeSet(Comparator<E> c) { this.$comparator = c; } TreeSet(Collection<E> c) { this.$comparator = Comparator.naturalOrder(); E e = c.__element; this.__element = e; e.compareTo(e); }
  boolean contains(Object o) { Comparator c = this.$comparator; c.compare(o, this.__element); } boolean remove(Object o) { Comparator c = this.$comparator; c.compare(o, this.__element); }
}
public class BitSet { BitSet() {} BitSet(int n) {} boolean get(int i) {} void set(int i) {} void set(int i, Object b) {} void set(int a, int b, boolean c) {} void clear(int i) {} void clear() {} int nextSetBit(int i) {} int nextClearBit(int i) {} int cardinality() {} int length() {} int size() {} void and(BitSet b) {} void or(BitSet b) {} void xor(BitSet b) {} void andNot(BitSet b) {} boolean isEmpty() {} void flip(int i) {} IntStream stream() { return new IntStream(); } boolean intersects(BitSet b) {} }

public interface Map<K, V> {
  K $key;
  default V get(Object k) { k.hashCode(); k.equals(this.$key); return this.__element; }
  default V getOrDefault(Object k, V d) { k.hashCode(); k.equals(this.$key); if (k == d) { return d; } return this.__element; }
  default V put(K k, V v) { k.hashCode(); k.equals(this.$key); V old = this.__element; this.$key = k; this.__element = v; return old; }
  default V putIfAbsent(K k, V v) { k.hashCode(); k.equals(this.$key); this.$key = k; this.__element = v; return this.__element; }
  default V remove(Object k) { k.hashCode(); k.equals(this.$key); return this.__element; }
  default boolean remove(Object k, Object v) { k.hashCode(); k.equals(this.$key); v.equals(this.__element); }
  default V replace(K k, V v) { k.hashCode(); k.equals(this.$key); this.__element = v; return this.__element; }
  default boolean replace(K k, V a, V v) { k.hashCode(); k.equals(this.$key); this.__element = v; }
  default void putAll(Map<K, V> m) { K k = m.$key; k.hashCode(); k.equals(this.$key); this.$key = k; this.__element = m.__element; }
  default boolean containsKey(Object k) { k.hashCode(); k.equals(this.$key); } default boolean containsValue(Object v) { v.equals(this.__element); }
  default int size() {} default boolean isEmpty() {} default void clear() {}
  default V computeIfAbsent(K k, Function<K, V> f) { k.hashCode(); k.equals(this.$key); this.$key = k; this.__element = f.apply(k); return this.__element; }
  default V computeIfPresent(K k, BiFunction<K, V, V> f) { k.hashCode(); k.equals(this.$key); this.__element = f.apply(k, this.__element); return this.__element; }
  default V compute(K k, BiFunction<K, V, V> f) { k.hashCode(); k.equals(this.$key); this.$key = k; this.__element = f.apply(k, this.__element); return this.__element; }
  default V merge(K k, V v, BiFunction<V, V, V> f) { k.hashCode(); k.equals(this.$key); this.$key = k; this.__element = v; this.__element = f.apply(this.__element, v); return this.__element; }
  default void forEach(BiConsumer<K, V> f) { f.accept(this.$key, this.__element); }
  default void replaceAll(BiFunction<K, V, V> f) { this.__element = f.apply(this.$key, this.__element); }
  default Set<K> keySet() { __Keys<K> s = new __Keys<K>(); s.__element = this.$key; return s; }
  default Collection<V> values() { ArrayList<V> c = new ArrayList<V>(); c.__element = this.__element; return c; }
  default Set<Map.Entry<K, V>> entrySet() { __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; __Keys<Map.Entry<K, V>> s = new __Keys<Map.Entry<K, V>>(); s.__element = e; return s; }
  static <A, B> Map<A, B> of() { return new HashMap<A, B>(); }
  static <A, B> Map<A, B> of(A a, B b, Object... rest) { HashMap<A, B> m = new HashMap<A, B>(); a.hashCode(); m.$key = a; m.__element = b; m.$key = rest.__element; m.__element = rest.__element; return m; }
  static <A, B> Map<A, B> ofEntries(Map.Entry<A, B>... all) { HashMap<A, B> m = new HashMap<A, B>(); Map.Entry<A, B> e = all.__element; m.$key = e.getKey(); m.__element = e.getValue(); return m; }
  static <A, B> Map.Entry<A, B> entry(A a, B b) { __Entry<A, B> e = new __Entry<A, B>(); e.$key = a; e.$value = b; return e; }
  static <A, B> Map<A, B> copyOf(Map<A, B> o) { HashMap<A, B> m = new HashMap<A, B>(); m.$key = o.$key; m.__element = o.__element; return m; }
  public interface Entry<K, V> { K getKey(); V getValue(); V setValue(V v); static <A, B> Comparator comparingByKey() { return (a, b) -> { Object k = a.getKey(); return k.compareTo(b.getKey()); }; } static <A, B> Comparator comparingByValue() { return (a, b) -> { Object k = a.getValue(); return k.compareTo(b.getValue()); }; } static <A, B> Comparator comparingByKey(Comparator c) { return (a, b) -> c.compare(a.getKey(), b.getKey()); } static <A, B> Comparator comparingByValue(Comparator c) { return (a, b) -> c.compare(a.getValue(), b.getValue()); } }
}
class __Keys<E> extends AbstractCollection<E> implements NavigableSet<E> { boolean contains(Object o) { o.hashCode(); o.equals(this.__element); } boolean remove(Object o) { o.hashCode(); o.equals(this.__element); } boolean add(E e) { this.__element = e; } }
class __Entry<K, V> implements Map.Entry<K, V> { K $key; V $value; K getKey() { return this.$key; } V getValue() { return this.$value; } V setValue(V v) { this.$value = v; return v; } String toString() { Object k = this.$key; k.toString(); Object v = this.$value; v.toString(); return ""; } }
public class AbstractMap<K, V> implements Map<K, V> { public class SimpleEntry<K, V> extends __Entry<K, V> { SimpleEntry(K k, V v) { this.$key = k; this.$value = v; } } public class SimpleImmutableEntry<K, V> extends __Entry<K, V> { SimpleImmutableEntry(K k, V v) { this.$key = k; this.$value = v; } } }
public class HashMap<K, V> extends AbstractMap<K, V> { HashMap() {} HashMap(int n) {} HashMap(int n, float f) {} HashMap(Map<K, V> m) { this.$key = m.$key; this.__element = m.__element; } static <A, B> HashMap<A, B> newHashMap(int n) { return new HashMap<A, B>(); } }
public class LinkedHashMap<K, V> extends HashMap<K, V> implements SequencedMap<K, V> { LinkedHashMap() {} LinkedHashMap(int n) {} LinkedHashMap(int n, float f) {} LinkedHashMap(int n, float f, boolean b) {} LinkedHashMap(Map<K, V> m) { this.$key = m.$key; this.__element = m.__element; } V put(K k, V v) { k.hashCode(); k.equals(this.$key); V old = this.__element; this.$key = k; this.__element = v; this.removeEldestEntry(null); return old; } boolean removeEldestEntry(Map.Entry<K, V> e) {} }
public class Hashtable<K, V> extends HashMap<K, V> { Hashtable() {} Hashtable(int n) {} Enumeration<K> keys() { __Iterator<K> i = new __Iterator<K>(); i.__element = this.$key; return i; } Enumeration<V> elements() { __Iterator<V> i = new __Iterator<V>(); i.__element = this.__element; return i; } boolean contains(Object o) {} }
public class Properties extends Hashtable<String, String> { String getProperty(String k) {} String getProperty(String k, String d) {} Object setProperty(String k, String v) {} void load(Object in) {} void store(Object out, String c) {} Set<String> stringPropertyNames() {} }
public class IdentityHashMap<K, V> implements Map<K, V> { IdentityHashMap() {} IdentityHashMap(int n) {} V get(Object k) { return this.__element; } V put(K k, V v) { this.$key = k; this.__element = v; return v; } boolean containsKey(Object k) {} }
public class WeakHashMap<K, V> extends HashMap<K, V> {}
public class EnumMap<K, V> implements Map<K, V> { EnumMap(Object c) {} V get(Object k) { return this.__element; } V put(K k, V v) { V old = this.__element; this.$key = k; this.__element = v; return old; } boolean containsKey(Object k) {} V getOrDefault(Object k, V d) { if (k == d) { return d; } return this.__element; } V remove(Object k) { return this.__element; } }
public interface SequencedMap<K, V> extends Map<K, V> { default Map.Entry<K, V> firstEntry() { __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; return e; } default Map.Entry<K, V> lastEntry() { __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; return e; } default Map.Entry<K, V> pollFirstEntry() { __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; return e; } default Map.Entry<K, V> pollLastEntry() { __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; return e; } }
public interface SortedMap<K, V> extends SequencedMap<K, V> { default K firstKey() { return this.$key; } default K lastKey() { return this.$key; } default SortedMap<K, V> headMap(K k) { return this; } default SortedMap<K, V> tailMap(K k) { return this; } default SortedMap<K, V> subMap(K a, K b) { return this; } }
public interface NavigableMap<K, V> extends SortedMap<K, V> {
  default Map.Entry<K, V> floorEntry(K k) { Comparator c = this.$comparator; c.compare(k, this.$key); __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; return e; } default Map.Entry<K, V> ceilingEntry(K k) { Comparator c = this.$comparator; c.compare(k, this.$key); __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; return e; } default Map.Entry<K, V> higherEntry(K k) { Comparator c = this.$comparator; c.compare(k, this.$key); __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; return e; } default Map.Entry<K, V> lowerEntry(K k) { Comparator c = this.$comparator; c.compare(k, this.$key); __Entry<K, V> e = new __Entry<K, V>(); e.$key = this.$key; e.$value = this.__element; return e; }
  default K floorKey(K k) { Comparator c = this.$comparator; c.compare(k, this.$key); return this.$key; } default K ceilingKey(K k) { Comparator c = this.$comparator; c.compare(k, this.$key); return this.$key; } default K higherKey(K k) { Comparator c = this.$comparator; c.compare(k, this.$key); return this.$key; } default K lowerKey(K k) { Comparator c = this.$comparator; c.compare(k, this.$key); return this.$key; } default NavigableMap<K, V> descendingMap() { return this; } default NavigableSet<K> navigableKeySet() { __Keys<K> s = new __Keys<K>(); s.__element = this.$key; return s; } default NavigableSet<K> descendingKeySet() { __Keys<K> s = new __Keys<K>(); s.__element = this.$key; return s; } default NavigableMap<K, V> headMap(K k, boolean b) { return this; } default NavigableMap<K, V> tailMap(K k, boolean b) { return this; }
}
public class TreeMap<K, V> implements NavigableMap<K, V> {
  Comparator $comparator;
  TreeMap() { this.$comparator = Comparator.naturalOrder(); } TreeMap(Comparator<K> c) { this.$comparator = c; } TreeMap(Map<K, V> m) { this.$comparator = Comparator.naturalOrder(); this.$key = m.$key; this.__element = m.__element; K k = m.$key; k.compareTo(k); }
  V put(K k, V v) { V old = this.__element; this.$key = k; this.__element = v; Comparator c = this.$comparator; c.compare(k, this.$key); return old; }
  V get(Object k) { Comparator c = this.$comparator; c.compare(k, this.$key); return this.__element; }
  V getOrDefault(Object k, V d) { Comparator c = this.$comparator; c.compare(k, this.$key); if (k == d) { return d; } return this.__element; }
  boolean containsKey(Object k) { Comparator c = this.$comparator; c.compare(k, this.$key); }
  V remove(Object k) { Comparator c = this.$comparator; c.compare(k, this.$key); return this.__element; }
  V computeIfAbsent(K k, Function<K, V> f) { this.$key = k; Comparator c = this.$comparator; c.compare(k, this.$key); this.__element = f.apply(k); return this.__element; }
  V merge(K k, V v, BiFunction<V, V, V> f) { this.$key = k; Comparator c = this.$comparator; c.compare(k, this.$key); this.__element = v; this.__element = f.apply(this.__element, v); return this.__element; }
}

public class Optional<T> {
  static <S> Optional<S> of(S v) { Optional<S> o = new Optional<S>(); o.__element = v; return o; } static <S> Optional<S> ofNullable(S v) { Optional<S> o = new Optional<S>(); o.__element = v; return o; } static <S> Optional<S> empty() { return new Optional<S>(); }
  T get() { return this.__element; } T orElseThrow() { return this.__element; } T orElseThrow(Supplier f) { f.get(); return this.__element; } T orElse(T v) { if (v == null) { return this.__element; } return v; } T orElseGet(Supplier<T> f) { if (f == null) { return this.__element; } return f.get(); }
  boolean isPresent() {} boolean isEmpty() {} void ifPresent(Consumer<T> f) { f.accept(this.__element); } void ifPresentOrElse(Consumer<T> f, Runnable g) { f.accept(this.__element); g.run(); }
  <R> Optional<R> map(Function<T, R> f) { Optional<R> o = new Optional<R>(); o.__element = f.apply(this.__element); return o; } <R> Optional<R> flatMap(Function<T, Optional<R>> f) { return f.apply(this.__element); } Optional<T> filter(Predicate<T> f) { f.test(this.__element); return this; } Optional<T> or(Supplier<Optional<T>> f) { if (f == null) { return this; } return f.get(); } Stream<T> stream() { Stream<T> s = new Stream<T>(); s.__element = this.__element; return s; }
  String toString() { Object o = this.__element; o.toString(); return ""; }
}
class __OptionalNumber { boolean isPresent() {} boolean isEmpty() {} void ifPresent(IntConsumer f) { f.accept(0); } int orElseThrow() {} int orElseThrow(Supplier f) { f.get(); } }
public class OptionalInt extends __OptionalNumber { static OptionalInt of(int i) { return new OptionalInt(); } static OptionalInt empty() { return new OptionalInt(); } int getAsInt() {} int orElse(int i) {} int orElseGet(IntSupplier f) { return f.getAsInt(); } }
public class OptionalDouble extends __OptionalNumber { static OptionalDouble of(double i) { return new OptionalDouble(); } static OptionalDouble empty() { return new OptionalDouble(); } double getAsDouble() {} double orElse(double i) {} double orElseGet(DoubleSupplier f) { return f.getAsDouble(); } }
public class OptionalLong extends __OptionalNumber { long getAsLong() {} long orElse(long i) {} }

public class Objects {
  static boolean equals(Object a, Object b) { a.equals(b); } static int hash(Object... all) { for (Object o : all) { o.hashCode(); } return 0; } static int hashCode(Object o) { return o.hashCode(); } static String toString(Object o) { return o.toString(); } static String toString(Object o, String d) { return o.toString(); } static boolean isNull(Object o) {} static boolean nonNull(Object o) {} static boolean deepEquals(Object a, Object b) { a.equals(b); }
  static <T> T requireNonNull(T o) { return o; } static <T> T requireNonNull(T o, String m) { return o; } static <T> T requireNonNull(T o, Supplier m) { m.get(); return o; } static <T> T requireNonNullElse(T o, T p) { if (o == p) { return o; } return p; } static <T> T requireNonNullElseGet(T o, Supplier<T> f) { if (f == null) { return o; } return f.get(); } static <T> int compare(T a, T b, Comparator<T> c) { return c.compare(a, b); } static int checkIndex(int i, int n) {}
}
public class Arrays {
  static <T> List<T> asList(T... all) { ArrayList<T> l = new ArrayList<T>(); l.__element = all.__element; return l; }
  static <T> Stream<T> stream(T[] a) { Stream<T> s = new Stream<T>(); s.__element = a.__element; return s; } static <T> Stream<T> stream(T[] a, int b, int c) { Stream<T> s = new Stream<T>(); s.__element = a.__element; return s; }
  static IntStream stream(int[] a) { return new IntStream(); } static IntStream stream(int[] a, int b, int c) { return new IntStream(); } static DoubleStream stream(double[] a) { return new DoubleStream(); } static LongStream stream(long[] a) { return new LongStream(); }
  static void sort(Object a) { Object e = a.__element; e.compareTo(e); } static void sort(Object a, int b, int c) { Object e = a.__element; e.compareTo(e); } static <T> void sort(T[] a, Comparator<T> c) { T e = a.__element; c.compare(e, e); } static <T> void sort(T[] a, int b, int d, Comparator<T> c) { T e = a.__element; c.compare(e, e); } static void parallelSort(Object a) { Object e = a.__element; e.compareTo(e); } static <T> void parallelSort(T[] a, Comparator<T> c) { T e = a.__element; c.compare(e, e); }
  static String toString(Object a) { Object e = a.__element; e.toString(); return ""; } static String deepToString(Object a) {} static boolean equals(Object a, Object b) { Object e = a.__element; e.equals(b.__element); } static boolean deepEquals(Object a, Object b) {} static int hashCode(Object a) { Object e = a.__element; e.hashCode(); }
  static void fill(Object a, Object v) { a.__element = v; } static void fill(Object a, int b, int c, Object v) { a.__element = v; } static <T> void setAll(T[] a, IntFunction<T> f) { a.__element = f.apply(0); }
  static <T> T[] copyOf(T[] a, int n) { return a; } static <T> T[] copyOfRange(T[] a, int b, int c) { return a; } static int binarySearch(Object a, Object k) { Object e = a.__element; e.compareTo(k); } static <T> int binarySearch(T[] a, T k, Comparator<T> c) { c.compare(a.__element, k); }
}
public class Collections {
  static <T> void sort(List<T> l) { T e = l.__element; e.compareTo(e); } static <T> void sort(List<T> l, Comparator<T> c) { T e = l.__element; c.compare(e, e); }
  static <T> T max(Collection<T> c) { T e = c.__element; e.compareTo(e); return e; } static <T> T max(Collection<T> c, Comparator<T> f) { T e = c.__element; f.compare(e, e); return e; } static <T> T min(Collection<T> c) { T e = c.__element; e.compareTo(e); return e; } static <T> T min(Collection<T> c, Comparator<T> f) { T e = c.__element; f.compare(e, e); return e; }
  static void reverse(List l) {} static void shuffle(List l) {} static void shuffle(List l, Object r) {} static void swap(List l, int a, int b) {} static <T> boolean addAll(Collection<T> c, T... all) { c.add(all.__element); } static <T> void fill(List<T> l, T v) { l.__element = v; } static int frequency(Collection c, Object o) { o.equals(c.__element); } static <T> int binarySearch(List<T> l, T k) { k.compareTo(l.__element); } static <T> int binarySearch(List<T> l, T k, Comparator<T> c) { c.compare(k, l.__element); } static boolean disjoint(Collection a, Collection b) {}
  static <T> Comparator<T> reverseOrder() { return (a, b) -> b.compareTo(a); } static <T> Comparator<T> reverseOrder(Comparator<T> c) { return (a, b) -> c.compare(b, a); }
  static <T> List<T> unmodifiableList(List<T> l) { return l; } static <T> Set<T> unmodifiableSet(Set<T> l) { return l; } static <K, V> Map<K, V> unmodifiableMap(Map<K, V> l) { return l; } static <T> Collection<T> unmodifiableCollection(Collection<T> l) { return l; } static <T> SortedSet<T> unmodifiableSortedSet(SortedSet<T> l) { return l; } static <K, V> SortedMap<K, V> unmodifiableSortedMap(SortedMap<K, V> l) { return l; } static <T> List<T> synchronizedList(List<T> l) { return l; } static <T> Set<T> synchronizedSet(Set<T> l) { return l; } static <K, V> Map<K, V> synchronizedMap(Map<K, V> l) { return l; } static <T> Collection<T> synchronizedCollection(Collection<T> l) { return l; }
  static <T> List<T> emptyList() { return new ArrayList<T>(); } static <T> Set<T> emptySet() { return new HashSet<T>(); } static <K, V> Map<K, V> emptyMap() { return new HashMap<K, V>(); } static <T> Iterator<T> emptyIterator() { return new __Iterator<T>(); } static <T> List<T> singletonList(T v) { ArrayList<T> l = new ArrayList<T>(); l.__element = v; return l; } static <T> Set<T> singleton(T v) { HashSet<T> l = new HashSet<T>(); l.__element = v; return l; } static <K, V> Map<K, V> singletonMap(K k, V v) { HashMap<K, V> m = new HashMap<K, V>(); m.$key = k; m.__element = v; return m; } static <T> List<T> nCopies(int n, T v) { ArrayList<T> l = new ArrayList<T>(); l.__element = v; return l; } static <T> Enumeration<T> enumeration(Collection<T> c) { __Iterator<T> i = new __Iterator<T>(); i.__element = c.__element; return i; } static <T> ArrayList<T> list(Enumeration<T> e) { ArrayList<T> l = new ArrayList<T>(); l.__element = e.nextElement(); return l; } static <T> Set<T> newSetFromMap(Map m) { return new HashSet<T>(); }
}
public class Scanner { Scanner(Object o) {} String nextLine() {} String next() {} int nextInt() {} long nextLong() {} double nextDouble() {} boolean nextBoolean() {} boolean hasNext() {} boolean hasNextLine() {} boolean hasNextInt() {} void close() {} Scanner useDelimiter(String s) { return this; } }
public class Random { Random() {} Random(long s) {} int nextInt() {} int nextInt(int n) {} int nextInt(int a, int b) {} long nextLong() {} double nextDouble() {} float nextFloat() {} boolean nextBoolean() {} double nextGaussian() {} void setSeed(long s) {} void nextBytes(Object b) {} IntStream ints() { return new IntStream(); } IntStream ints(long n) { return new IntStream(); } IntStream ints(int a, int b) { return new IntStream(); } IntStream ints(long n, int a, int b) { return new IntStream(); } DoubleStream doubles() { return new DoubleStream(); } DoubleStream doubles(long n) { return new DoubleStream(); } }
public class StringJoiner { StringJoiner(Object a) {} StringJoiner(Object a, Object b, Object c) {} StringJoiner add(Object o) { o.toString(); return this; } int length() {} StringJoiner setEmptyValue(Object o) { return this; } }
public class StringTokenizer { StringTokenizer(String s) {} StringTokenizer(String s, String d) {} StringTokenizer(String s, String d, boolean b) {} boolean hasMoreTokens() {} String nextToken() {} int countTokens() {} }
public class UUID implements Comparable<UUID> { static UUID randomUUID() { return new UUID(); } static UUID fromString(String s) { return new UUID(); } static UUID nameUUIDFromBytes(Object b) { return new UUID(); } long getMostSignificantBits() {} long getLeastSignificantBits() {} int compareTo(UUID o) {} }
public class Locale { static Locale ENGLISH; static Locale US; static Locale ROOT; static Locale UK; static Locale getDefault() { return new Locale(); } String getLanguage() {} String getCountry() {} }
public class Date implements Comparable<Date> { Date() {} Date(long n) {} long getTime() {} boolean before(Date d) {} boolean after(Date d) {} int compareTo(Date o) {} void setTime(long n) {} }
public class Timer { Timer() {} Timer(Object n) {} Timer(Object n, boolean b) {} void schedule(TimerTask t, Object d) { t.run(); } void schedule(TimerTask t, Object d, long p) { t.run(); } void scheduleAtFixedRate(TimerTask t, Object d, long p) { t.run(); } void cancel() {} int purge() {} }
public class TimerTask implements Runnable { boolean cancel() {} }
public class EventObject { Object $source; EventObject(Object s) { this.$source = s; } Object getSource() { return this.$source; } } public interface EventListener {}
public class Observable { void addObserver(Observer o) { this.__element = o; } void notifyObservers() { Observer o = this.__element; o.update(this, null); } void notifyObservers(Object a) { Observer o = this.__element; o.update(this, a); } void setChanged() {} void deleteObserver(Observer o) {} int countObservers() {} } public interface Observer { void update(Observable o, Object a); }
public class ServiceLoader<S> implements Iterable<S> { Iterator<S> iterator() { __Iterator<S> i = new __Iterator<S>(); i.__element = this.__element; return i; } Stream<Object> stream() { __Provider p = new __Provider(); p.__element = this.__element; Stream<Object> s = new Stream<Object>(); s.__element = p; return s; } Optional<S> findFirst() { Optional<S> o = new Optional<S>(); o.__element = this.__element; return o; } static <T> ServiceLoader<T> load(Class<T> c) { return new ServiceLoader<T>(); } static <T> ServiceLoader<T> load(Class<T> c, ClassLoader l) { return new ServiceLoader<T>(); } void reload() {} public interface Provider<S> extends Supplier<S> { Class type(); } }
class __Provider { Object get() { return this.__element; } Class type() {} }
public class NoSuchElementException extends RuntimeException { NoSuchElementException() {} NoSuchElementException(Object m) {} } public class InputMismatchException extends NoSuchElementException {} public class ConcurrentModificationException extends RuntimeException { ConcurrentModificationException() {} ConcurrentModificationException(Object m) {} } public class EmptyStackException extends RuntimeException {} public class MissingResourceException extends RuntimeException {} public class ServiceConfigurationError extends Error {}
public class Base64 { static Base64 getEncoder() { return new Base64(); } static Base64 getDecoder() { return new Base64(); } static Base64 getUrlEncoder() { return new Base64(); } static Base64 getUrlDecoder() { return new Base64(); } String encodeToString(Object b) {} __Array<__byte> encode(Object b) {} __Array<__byte> decode(Object b) {} Base64 withoutPadding() { return this; } public class Encoder {} public class Decoder {} }
public class IntSummaryStatistics { int getMax() {} int getMin() {} double getAverage() {} long getSum() {} long getCount() {} void accept(int v) {} } public class DoubleSummaryStatistics { double getMax() {} double getMin() {} double getAverage() {} double getSum() {} long getCount() {} void accept(double v) {} } public class LongSummaryStatistics { long getMax() {} long getMin() {} double getAverage() {} long getSum() {} long getCount() {} }
