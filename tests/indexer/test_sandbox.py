"""A hostile file costs itself, and nothing else."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.errors import Exhausted, Unreadable
from indexer.sandbox import Limits, Sandbox

HOUSE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(time_s=20, memory_mb=1024, result_bytes_max=32 << 20)) as open_sandbox:
        yield open_sandbox


@pytest.fixture(scope="module")
def hasty() -> Iterator[Sandbox]:
    with Sandbox(Limits(time_s=0.5)) as open_sandbox:
        yield open_sandbox


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes("业主大会".encode())
    return path


def task(name: str) -> str:
    return f"tests.indexer.misbehaving:{name}"


def test_a_task_reads_its_file_and_hands_back_bytes(sandbox: Sandbox, file: Path) -> None:
    assert sandbox.run(task("behave"), file).decode() == "业主大会"


@pytest.mark.parametrize("name", ["hang", "spin", "lie"])
def test_what_takes_too_long_is_killed_and_the_next_file_is_read(hasty: Sandbox, file: Path, name: str) -> None:
    with pytest.raises(Exhausted) as raised:
        hasty.run(task(name), file)

    assert raised.value.code == "too-slow"
    assert hasty.run(task("behave"), file)


def test_what_takes_too_much_memory_is_told_so(sandbox: Sandbox, file: Path) -> None:
    with pytest.raises(Exhausted) as raised:
        sandbox.run(task("hog"), file)

    assert raised.value.code == "too-much-memory"


@pytest.mark.parametrize("name", ["crash", "leave"])
def test_a_crash_is_the_files_reason_and_not_ours(sandbox: Sandbox, file: Path, name: str) -> None:
    with pytest.raises(Unreadable) as raised:
        sandbox.run(task(name), file)

    assert raised.value.code == "crashed"
    assert sandbox.run(task("behave"), file)


def test_a_failing_reader_tells_nothing_of_the_document(sandbox: Sandbox, file: Path) -> None:
    with pytest.raises(Unreadable) as raised:
        sandbox.run(task("fail"), file)

    assert raised.value.code == "reader-failed"
    assert "身份证" not in str(raised.value)


def test_what_libraries_say_about_a_document_is_not_heard(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Sandbox() as sandbox:
        assert sandbox.run(task("chatter"), file) == b"said"

    assert capfd.readouterr() == ("", "")


def test_more_than_a_file_may_hand_back_is_not_taken(sandbox: Sandbox, file: Path) -> None:
    with pytest.raises(Exhausted) as raised:
        sandbox.run(task("flood"), file)

    assert raised.value.code == "too-large"


def test_there_is_no_network(sandbox: Sandbox, file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]

        assert sandbox.run(task("dial"), file, {"port": port}) != b"connected"


def test_other_files_cannot_be_read(sandbox: Sandbox, file: Path, tmp_path: Path) -> None:
    if "file system rules" in sandbox.start():
        pytest.skip("this kernel has no Landlock")
    secret = tmp_path / "key"
    secret.write_bytes(b"master key")

    assert sandbox.run(task("wander"), file, {"elsewhere": str(secret)}) == b"PermissionError"


def test_only_the_scratch_directory_is_written_to_and_it_is_wiped(sandbox: Sandbox, file: Path, tmp_path: Path) -> None:
    if "file system rules" in sandbox.start():
        pytest.skip("this kernel has no Landlock")

    answer = sandbox.run(task("scribble"), file, {"elsewhere": str(tmp_path / "elsewhere")}).decode()

    refusal, scratch = answer.split(" ", 1)
    assert refusal == "PermissionError"
    assert not Path(scratch).exists()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["murder", "snipe", "breed", "multiply", "become"])
def test_other_processes_are_neither_killed_nor_started(sandbox: Sandbox, file: Path, name: str) -> None:
    if "system call filter" in sandbox.start():
        pytest.skip("no system call filter for this machine")

    assert sandbox.run(task(name), file) in (b"PermissionError", b"BlockingIOError")


def test_a_library_may_use_threads(file: Path) -> None:
    with Sandbox() as sandbox:
        assert sandbox.run(task("thread"), file) == b"done"


def test_our_environment_stays_with_us(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_MASTER_KEY", "top secret")

    with Sandbox() as sandbox:
        assert b"top secret" not in sandbox.run(task("environment"), file)


def test_a_dead_zygote_is_started_again(file: Path) -> None:
    with Sandbox() as sandbox:
        first = int(sandbox.run(task("parent"), file))
        os.kill(first, signal.SIGKILL)

        assert sandbox.run(task("behave"), file)
        assert int(sandbox.run(task("parent"), file)) != first


def test_the_zygote_dies_with_its_parent(file: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from indexer.sandbox import Sandbox\n"
        "sandbox = Sandbox()\n"
        f"print(sandbox.run({task('parent')!r}, Path({str(file)!r})).decode(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program], cwd=HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout is not None
        zygote = os.pidfd_open(int(owner.stdout.readline()))
        owner.kill()

    gone, _, _ = select.select([zygote], [], [], 10)
    os.close(zygote)
    assert gone


def test_threads_may_share_one_sandbox(sandbox: Sandbox, tmp_path: Path) -> None:
    answers: dict[int, bytes] = {}

    def read(number: int) -> None:
        path = tmp_path / str(number)
        path.write_text(str(number))
        answers[number] = sandbox.run(task("behave"), path)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {number: str(number).encode() for number in range(8)}


def test_nothing_is_left_open(sandbox: Sandbox, file: Path) -> None:
    sandbox.run(task("behave"), file)
    before = len(os.listdir("/proc/self/fd"))

    for name in ("behave", "crash", "fail") * 5:
        try:
            sandbox.run(task(name), file)
        except Unreadable:
            continue

    assert len(os.listdir("/proc/self/fd")) == before
