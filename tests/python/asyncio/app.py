import asyncio
import time


async def later(value, seconds):
    await asyncio.sleep(seconds)
    return value


async def main():
    started = time.monotonic()
    gathered = await asyncio.gather(later(1, 0.05), later(2, 0.05), asyncio.to_thread(max, 3, 2))
    try:
        await asyncio.wait_for(later(0, 5), 0.01)
    except TimeoutError:
        gathered.append("late")
    return gathered, time.monotonic() - started < 2


def handler(event, context):
    gathered, fast = asyncio.run(main())
    loop = asyncio.get_event_loop()
    return [gathered, fast, loop.run_until_complete(later("loop", 0))]
