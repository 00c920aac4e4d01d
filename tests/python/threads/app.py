import threading
from concurrent.futures import ThreadPoolExecutor, as_completed, wait


def double(value):
    return value * 2


def handler(event, context):
    with ThreadPoolExecutor(max_workers=4) as pool:
        mapped = list(pool.map(double, range(4)))
        futures = [pool.submit(double, value) for value in (5, 6)]
        completed = sorted(future.result() for future in as_completed(futures))
        failed = pool.submit(double)
        wait([failed])
    seen = []
    threads = [threading.Thread(target=seen.append, args=(value,)) for value in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "mapped": mapped,
        "completed": completed,
        "failed": type(failed.exception()).__name__,
        "seen": seen,
        "alive": [thread.is_alive() for thread in threads],
        "main": threading.current_thread() is threading.main_thread(),
    }
