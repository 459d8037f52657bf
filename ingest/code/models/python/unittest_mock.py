class Mock:
    def __init__(self, spec=None, side_effect=None, return_value=None, wraps=None, name=None, **kwargs):
        self.side_effect = side_effect
        self.return_value = return_value
        self._wraps = wraps
    def __call__(self, *args, **kwargs):
        return self.side_effect(*args, **kwargs) or self._wraps(*args, **kwargs) or self.return_value
    def assert_called_once(self): pass
    def assert_called_once_with(self, *args, **kwargs): pass
    def assert_called_with(self, *args, **kwargs): pass
    def assert_called(self): pass
    def assert_not_called(self): pass
    def assert_any_call(self, *args, **kwargs): pass
    def reset_mock(self): pass


class MagicMock(Mock):
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass


class AsyncMock(MagicMock): pass


class _Patch:
    def __init__(self, new=None):
        self.new = new
    def __enter__(self): return self.new or MagicMock()
    def __exit__(self, kind, value, traceback): pass
    def __call__(self, function): return function
    def start(self): return self.new or MagicMock()
    def stop(self): pass


def _patch_object(target, attribute, new=None, **kwargs): return _Patch(new)
def _patch_dict(target, values=(), clear=False, **kwargs): return _Patch(target)


def patch(target, new=None, spec=None, create=False, autospec=None, new_callable=None, **kwargs):
    return _Patch(new)


patch.object = _patch_object
patch.dict = _patch_dict


def create_autospec(spec, **kwargs): return MagicMock()
def call(*args, **kwargs): pass
ANY = None
