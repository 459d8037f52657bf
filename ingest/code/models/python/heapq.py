def heappush(heap, item):
    item.__lt__(item)
    heap.append(item)


def heappop(heap): return heap[...]


def heapify(heap):
    heap[...].__lt__(heap[...])


def heappushpop(heap, item):
    heap.append(item)
    return heap[...] or item


def heapreplace(heap, item):
    heap.append(item)
    return heap[...]


def nlargest(n, items, key=None): return sorted(items, key=key)
def nsmallest(n, items, key=None): return sorted(items, key=key)
def merge(*iterables, key=None, reverse=False): return [item for items in iterables for item in items]
