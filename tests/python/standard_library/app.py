"""Uses the modules that handlers import most, one by one; answers with those that do not work."""

import importlib

# What is imported, and an expression over it that has to be true.
USES = {
    "json": "json.loads('[1]') == [1]",
    "os": "os.path.join('a', 'b') == 'a/b' and len(os.urandom(4)) == 4",
    "logging": "logging.getLogger('x').name == 'x'",
    "datetime": "datetime.date(2026, 1, 31).isoformat() == '2026-01-31'",
    "re": "re.sub('a+', 'b', 'caat') == 'cbt'",
    "uuid": "len(str(uuid.uuid4())) == 36",
    "base64": "base64.b64encode(b'ab') == b'YWI='",
    "decimal": "decimal.Decimal('0.1') * 3 == decimal.Decimal('0.3')",
    "time": "time.time() > 1.7e9 and time.perf_counter() >= 0",
    "random": "0 <= random.random() < 1",
    "collections": "collections.Counter('aab')['a'] == 2",
    "hashlib": "hashlib.sha256(b'').hexdigest()[:8] == 'e3b0c442' and hashlib.new('md5', b'').digest_size == 16"
    " and hashlib.pbkdf2_hmac('sha256', b'p', b's', 1000).hex()[:8] == '07f5f5e2'"
    " and hashlib.scrypt(b'p', salt=b's', n=16, r=8, p=1).hex()[:8] == '4efe92b5'",
    "hmac": "hmac.new(b'k', b'm', 'sha256').hexdigest()[:6] == 'b60090'",
    "urllib.parse": "urllib.parse.quote('a b') == 'a%20b'",
    "urllib.request": "urllib.request.Request('http://a/b').host == 'a'",
    "csv": "list(csv.reader(['a,b'])) == [['a', 'b']]",
    "io": "io.BytesIO(b'ab').read(1) == b'a'",
    "zlib": "zlib.decompress(zlib.compress(b'ab')) == b'ab'",
    "gzip": "gzip.decompress(gzip.compress(b'ab')) == b'ab'",
    "zipfile": "zipfile.ZipFile(__import__('io').BytesIO(), 'w', zipfile.ZIP_DEFLATED).namelist() == []",
    "tarfile": "tarfile.open(fileobj=__import__('io').BytesIO(), mode='w:gz').getnames() == []",
    "html": "html.escape('<') == '&lt;'",
    "email.message": "email.message.EmailMessage().get_content_type() == 'text/plain'",
    "email.mime.multipart": "email.mime.multipart.MIMEMultipart().is_multipart()",
    "xml.etree.ElementTree": "xml.etree.ElementTree.fromstring('<a b=\"c\"/>').get('b') == 'c'",
    "xml.dom.minidom": "xml.dom.minidom.parseString('<a/>').documentElement.tagName == 'a'",
    "sqlite3": "sqlite3.connect('/tmp/db').execute('select 1').fetchone() == (1,)",
    "asyncio": "asyncio.run(asyncio.sleep(0, 1)) == 1",
    "concurrent.futures": "concurrent.futures.ThreadPoolExecutor().submit(max, 1, 2).result() == 2",
    "dataclasses": "dataclasses.is_dataclass(dataclasses.make_dataclass('A', ['b']))",
    "typing": "typing.get_origin(typing.Optional[int]) is typing.Union",
    "zoneinfo": "str(zoneinfo.ZoneInfo('America/New_York')) == 'America/New_York'",
    "ssl": "ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED",
    "socket": "socket.getaddrinfo('a', 80)[0][4] == ('a', 80)",
    "threading": "threading.Lock().acquire()",
    "subprocess": "subprocess.run(['true']).returncode == 0",
    "tempfile": "tempfile.mkdtemp().startswith('/tmp/')",
    "shutil": "shutil.which('nothing') is None",
    "pathlib": "pathlib.Path('/var/task/app.py').suffix == '.py'",
    "itertools": "list(itertools.batched('abc', 2)) == [('a', 'b'), ('c',)]",
    "functools": "functools.reduce(max, [1, 3, 2]) == 3",
    "secrets": "len(secrets.token_urlsafe(8)) == 11",
    "string": "string.Template('$a').substitute(a=1) == '1'",
    "textwrap": "textwrap.dedent('  a') == 'a'",
    "struct": "struct.pack('>H', 1) == b'\\x00\\x01'",
    "traceback": "traceback.format_exception_only(ValueError('a')) == ['ValueError: a\\n']",
    "inspect": "inspect.signature(lambda a: a).parameters['a'].name == 'a'",
    "copy": "copy.deepcopy([[1]]) == [[1]]",
    "enum": "enum.Enum('A', 'B').B.name == 'B'",
    "contextlib": "contextlib.nullcontext(1).__enter__() == 1",
    "http.client": "http.client.HTTPSConnection('a').port == 443",
    "http.cookies": "http.cookies.SimpleCookie('a=b')['a'].value == 'b'",
    "bz2": "bz2.compress(b'')",
    "lzma": "lzma.compress(b'')",
    "ctypes": "ctypes.sizeof(ctypes.c_int) == 4",
    "multiprocessing": "multiprocessing.Process(target=print).start() is None",
    "argparse": "argparse.ArgumentParser().parse_args([]) is not None",
    "bisect": "bisect.bisect([1, 2], 1) == 1",
    "calendar": "calendar.monthrange(2026, 2)[1] == 28",
    "configparser": "configparser.ConfigParser().sections() == []",
    "difflib": "difflib.get_close_matches('a', ['a']) == ['a']",
    "fnmatch": "fnmatch.fnmatch('a.py', '*.py')",
    "fractions": "fractions.Fraction(1, 2) + 1 == fractions.Fraction(3, 2)",
    "getpass": "callable(getpass.getuser)",
    "glob": "glob.glob('/var/task/*.py') == ['/var/task/app.py']",
    "heapq": "heapq.nsmallest(1, [2, 1]) == [1]",
    "importlib.metadata": "callable(importlib.metadata.version)",
    "importlib.resources": "callable(importlib.resources.files)",
    "ipaddress": "ipaddress.ip_address('10.0.0.1').is_private",
    "locale": "locale.getlocale() is not None",
    "math": "math.isclose(math.sqrt(2) ** 2, 2)",
    "mimetypes": "mimetypes.guess_type('a.html')[0] == 'text/html'",
    "operator": "operator.itemgetter(0)([1]) == 1",
    "pickle": "pickle.loads(pickle.dumps({1: 2})) == {1: 2}",
    "platform": "platform.python_version().startswith('3.14')",
    "pprint": "pprint.pformat({1: 2}) == '{1: 2}'",
    "queue": "queue.Queue().empty()",
    "shlex": "shlex.split('a \"b c\"') == ['a', 'b c']",
    "signal": "signal.SIGTERM == 15",
    "smtplib": "smtplib.SMTP_PORT == 25",
    "statistics": "statistics.mean([1, 3]) == 2",
    "tomllib": "tomllib.loads('a = 1') == {'a': 1}",
    "types": "types.SimpleNamespace(a=1).a == 1",
    "unicodedata": "unicodedata.normalize('NFC', 'e\\u0301') == '\\xe9'",
    "unittest.mock": "unittest.mock.Mock()() is not None",
    "warnings": "warnings.warn is not None",
    "weakref": "weakref.WeakValueDictionary() is not None",
    "compression.zstd": "compression.zstd.compress(b'')",
}


def handler(event, context):
    faults = {}
    for name, use in USES.items():
        try:
            names = {name.partition(".")[0]: __import__(name)}
            importlib.import_module(name)
            if not eval(use, names):
                faults[name] = "wrong"
        except Exception as error:
            faults[name] = f"{type(error).__name__}: {error}"
    return faults
