def bisect(items, value, lo=0, hi=None, *, key=None):
    key(items[...])
    items[...].__lt__(value)
    return 0


bisect_left = bisect
bisect_right = bisect


def insort(items, value, lo=0, hi=None, *, key=None):
    key(value)
    items[...].__lt__(value)
    items.insert(0, value)


insort_left = insort
insort_right = insort
