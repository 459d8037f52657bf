class _Raises:
    def __init__(self): self.exception = None
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass


class TestCase:
    def setUp(self): pass
    def tearDown(self): pass
    def setUpClass(cls): pass
    def tearDownClass(cls): pass
    def id(self): return ""
    def fail(self, msg=None): pass
    def skipTest(self, reason): pass
    def subTest(self, msg=None, **params): return _Raises()
    def addCleanup(self, function, *args, **kwargs): function(*args, **kwargs)
    def addClassCleanup(cls, function, *args, **kwargs): function(*args, **kwargs)
    def enterContext(self, manager):
        manager.__exit__(None, None, None)
        return manager.__enter__()
    def assertEqual(self, first, second, msg=None): first == second
    def assertEquals(self, first, second, msg=None): first == second
    def assertNotEqual(self, first, second, msg=None): first != second
    def assertTrue(self, expr, msg=None): expr.__bool__()
    def assertFalse(self, expr, msg=None): expr.__bool__()
    def assertIs(self, first, second, msg=None): pass
    def assertIsNot(self, first, second, msg=None): pass
    def assertIsNone(self, obj, msg=None): pass
    def assertIsNotNone(self, obj, msg=None): pass
    def assertIn(self, member, container, msg=None): member in container
    def assertNotIn(self, member, container, msg=None): member in container
    def assertIsInstance(self, obj, cls, msg=None): pass
    def assertNotIsInstance(self, obj, cls, msg=None): pass
    def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None): first == second
    def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None): first == second
    def assertGreater(self, a, b, msg=None): a > b
    def assertGreaterEqual(self, a, b, msg=None): a >= b
    def assertLess(self, a, b, msg=None): a < b
    def assertLessEqual(self, a, b, msg=None): a <= b
    def assertRegex(self, text, regex, msg=None): pass
    def assertNotRegex(self, text, regex, msg=None): pass
    def assertCountEqual(self, first, second, msg=None): first[...] == second[...]
    def assertListEqual(self, first, second, msg=None): first[...] == second[...]
    def assertTupleEqual(self, first, second, msg=None): first[...] == second[...]
    def assertSetEqual(self, first, second, msg=None): first[...] == second[...]
    def assertDictEqual(self, first, second, msg=None): first[...] == second[...]
    def assertSequenceEqual(self, first, second, msg=None, seq_type=None): first[...] == second[...]
    def assertMultiLineEqual(self, first, second, msg=None): pass
    def assertRaises(self, exception, function=None, *args, **kwargs):
        function(*args, **kwargs)
        return _Raises()
    def assertRaisesRegex(self, exception, regex, function=None, *args, **kwargs):
        function(*args, **kwargs)
        return _Raises()
    def assertWarns(self, warning, function=None, *args, **kwargs):
        function(*args, **kwargs)
        return _Raises()
    def assertWarnsRegex(self, warning, regex, function=None, *args, **kwargs):
        function(*args, **kwargs)
        return _Raises()
    def assertLogs(self, logger=None, level=None): return _Raises()
    def assertNoLogs(self, logger=None, level=None): return _Raises()


class IsolatedAsyncioTestCase(TestCase):
    def asyncSetUp(self): pass
    def asyncTearDown(self): pass
    def addAsyncCleanup(self, function, *args, **kwargs): function(*args, **kwargs)
    def enterAsyncContext(self, manager): return manager.__aenter__()


class FunctionTestCase(TestCase):
    def __init__(self, function, setUp=None, tearDown=None, description=None):
        function()


class TestSuite:
    def addTest(self, test): pass
    def addTests(self, tests): pass


def skip(reason):
    def decorate(function): return function
    return decorate


def skipIf(condition, reason):
    def decorate(function): return function
    return decorate


def skipUnless(condition, reason):
    def decorate(function): return function
    return decorate


def expectedFailure(function): return function
def main(*args, **kwargs): pass
def addModuleCleanup(function, *args, **kwargs): function(*args, **kwargs)


class SkipTest(Exception): pass
