"""Sample files of every kind, good and bad, made by our own code.

Each function returns the bytes of one file, the same bytes for the same arguments where the format allows.
"""

import base64
import hashlib
import hmac
import io
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from indexer import formats
from indexer.rendering import FONT

if TYPE_CHECKING:
    from PIL import Image

BOMB_BYTES = 600 << 20


def readable() -> dict[str, bytes]:
    """The sample of every format, under a name with its first extension."""
    modules = {name: formats.get(name) for name in formats.names()}
    return {f"{name}.{module.EXTENSIONS[0]}": module.sample() for name, module in modules.items()}


def pdf(
    *pages: str, title: str = "", password: str | None = None, attachments: Mapping[str, bytes] | None = None
) -> bytes:
    """A PDF with a text layer, a string per page. `password` is asked for on opening; '' locks but asks nothing."""
    from pypdf import PdfReader, PdfWriter
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("muniment", str(FONT)))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setTitle(title)
    for page in pages:
        canvas.setFont("muniment", 12)
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(72, 760 - 18 * number, line)
        canvas.showPage()
    canvas.save()
    if password is None and not attachments:
        return buffer.getvalue()
    writer = PdfWriter(clone_from=PdfReader(buffer))
    for name, content in (attachments or {}).items():
        writer.add_attachment(name, content)
    if password is not None:
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sheet(
    *lines: str, turned: int = 0, sealed: bool = False, noise: float = 0, size: tuple[int, int] = (1240, 900)
) -> "Image.Image":
    """A sheet as it comes off the glass: turned clockwise by `turned` degrees, with a round red seal, with noise."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    paper = Image.new("RGB", size, "white")
    font = ImageFont.truetype(str(FONT), 36, layout_engine=ImageFont.Layout.BASIC)
    for number, line in enumerate(lines):
        ImageDraw.Draw(paper).text((120, 60 + 84 * number), line, font=font, fill=(25, 25, 25))
    if sealed:
        ink = Image.new("RGB", size, "white")
        seal = ImageDraw.Draw(ink)
        seal.ellipse((420, 60, 720, 360), outline=(225, 30, 40), width=9)
        seal.regular_polygon((570, 210, 40), 5, fill=(225, 30, 40))
        paper = Image.fromarray(np.minimum(np.asarray(paper), np.asarray(ink)))
    if noise:
        grain = np.random.default_rng(1).normal(0, noise, (size[1], size[0], 3))
        paper = Image.fromarray((np.asarray(paper) + grain).clip(0, 255).astype(np.uint8))
    return paper.rotate(-turned, expand=True)


def scanned(*sheets: "Image.Image", form: str = "PDF") -> bytes:
    """These sheets as one file without a text layer."""
    out = io.BytesIO()
    more: dict[str, object] = {"save_all": True, "append_images": list(sheets[1:])} if len(sheets) > 1 else {}
    sheets[0].save(out, form, **more)
    return out.getvalue()


def locked(document: bytes, password: str) -> bytes:
    """This PDF under a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(document)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def garbled_pdf(words: str) -> bytes:
    """A PDF that shows these words while its text layer says something that nobody wrote."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(words))))
    fonts = writer.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    for font in fonts.values():
        font = font.get_object()
        assert isinstance(font, DictionaryObject)
        lies = DecodedStreamObject()
        pairs = "\n".join(f"<{code:02x}> <{0xE000 + code:04x}>" for code in range(100))
        lies.set_data(f"1 begincodespacerange <00> <ff> endcodespacerange 100 beginbfchar {pairs} endbfchar".encode())
        font[NameObject("/ToUnicode")] = writer._add_object(lies)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scan(words: str = "扫描件", *, form: str = "PDF") -> bytes:
    """A picture of words without a text layer: as PDF, PNG, JPEG or TIFF."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (620, 877), "white")
    font = ImageFont.truetype(str(FONT), 28)
    for number, line in enumerate(words.split("\n")):
        ImageDraw.Draw(image).text((60, 60 + 44 * number), line, font=font, fill="black")
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def docx(
    *paragraphs: str,
    title: str = "",
    table: Sequence[Sequence[str]] = (),
    header: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A Word document; `parts` replaces or adds members of the package."""
    from docx import Document

    document = Document()
    document.core_properties.title = title
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in enumerate(table):
            for column, words in enumerate(cells):
                grid.cell(row, column).text = words
    if header:
        document.sections[0].header.paragraphs[0].text = header
    buffer = io.BytesIO()
    document.save(buffer)
    return with_parts(buffer.getvalue(), parts or {})


def word_body(inner: str) -> str:
    """`word/document.xml` around this XML; the prefixes w, r, mc, wps and v are declared."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><w:document '
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        f'xmlns:v="urn:schemas-microsoft-com:vml"><w:body>{inner}</w:body></w:document>'
    )


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], *, number_formats: Mapping[str, str] | None = None) -> bytes:
    """A workbook; `number_formats` by cell of the first sheet."""
    from openpyxl import Workbook

    book = Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for cell, code in (number_formats or {}).items():
        book.worksheets[0][cell].number_format = code
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def package(members: Mapping[str, str | bytes]) -> bytes:
    """A zip of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def with_parts(original: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """The package with these members replaced or added."""
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return package({**members, **parts}) if parts else original


def seven_zip(
    entries: Mapping[str, bytes], *, method: bytes = b"\x21", properties: bytes = b"\x10", packed: bytes | None = None
) -> bytes:
    """A 7z archive of these files, packed together. `packed` is what a method of another program made of them."""
    content = b"".join(entries.values())
    if packed is None:
        packed = lzma.compress(content, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}])
    names = b"".join(name.encode("utf-16-le") + b"\0\0" for name in entries)
    coder = bytes((0x20 | len(method), *method, len(properties), *properties))
    sizes = list(map(len, entries.values()))[:-1]
    checksums = b"".join(struct.pack("<I", zlib.crc32(one)) for one in entries.values())
    header = b"".join(
        (
            b"\1\4\6\0\1\x09" + _seven_zip_number(len(packed)) + b"\0",
            b"\7\x0b\1\0\1" + coder + b"\x0c" + _seven_zip_number(len(content)) + b"\0",
            b"\x08\x0d" + bytes((len(entries),)),
            b"\x09" + b"".join(map(_seven_zip_number, sizes)) if sizes else b"",
            b"\x0a\1" + checksums + b"\0\0",
            b"\5" + bytes((len(entries),)) + b"\x11" + _seven_zip_number(len(names) + 1) + b"\0" + names + b"\0\0",
        )
    )
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def _seven_zip_number(number: int) -> bytes:
    return bytes((number,)) if number < 0x80 else b"\xf0" + number.to_bytes(4, "little")


# ---- Locked by a password ----


def locked_zip(members: Mapping[str, bytes], password: bytes, *, aes: bool) -> bytes:
    """A zip archive whose entries are locked, as WinZip does it or as every program once did it; not packed."""
    out, table = io.BytesIO(), b""
    for name, content in members.items():
        checksum = zlib.crc32(content)
        if aes:
            salt = bytes(range(16))
            keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 66)
            sealed = _counted(keys[:32], content)
            sealed = salt + keys[64:] + sealed + hmac.digest(keys[32:64], sealed, "sha1")[:10]
            method, extra = 99, struct.pack("<HHH2sBH", 0x9901, 7, 1, b"AE", 3, 0)
        else:
            sealed = _zip_crypto(password, bytes(11) + bytes((checksum >> 24,)) + content)
            method, extra = 0, b""
        said = struct.pack("<HHHHHIII", 20, 0x801, method, 0, 33, checksum, len(sealed), len(content))
        spelled = name.encode()
        lengths = struct.pack("<HH", len(spelled), len(extra))
        table += b"PK\1\2\x14\0" + said + lengths + bytes(10) + struct.pack("<I", out.tell()) + spelled + extra
        out.write(b"PK\3\4" + said + lengths + spelled + extra + sealed)
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(table), out.tell(), 0)
    return out.getvalue() + table + b"PK\5\6" + end


def _zip_crypto(password: bytes, content: bytes) -> bytes:
    one, two, three = 0x12345678, 0x23456789, 0x34567890

    def turn(byte: int) -> None:
        nonlocal one, two, three
        one = ~zlib.crc32(bytes((byte,)), ~one & 0xFFFFFFFF) & 0xFFFFFFFF
        two = ((two + (one & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        three = ~zlib.crc32(bytes((two >> 24,)), ~three & 0xFFFFFFFF) & 0xFFFFFFFF

    for byte in password:
        turn(byte)
    sealed = bytearray()
    for byte in content:
        mixed = three | 2
        sealed.append(byte ^ (mixed * (mixed ^ 1) >> 8 & 0xFF))
        turn(byte)
    return bytes(sealed)


def _counted(key: bytes, content: bytes) -> bytes:
    blocks = range(1, len(content) // 16 + 2)
    numbers = b"".join(number.to_bytes(16, "little") for number in blocks)
    stream = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(numbers)
    return bytes(one ^ other for one, other in zip(content, stream, strict=False))


def locked_seven_zip(entries: Mapping[str, bytes], password: str) -> bytes:
    content, start = b"".join(entries.values()), bytes(range(16))
    digest = hashlib.sha256()
    for number in range(1 << 6):
        digest.update(password.encode("utf-16-le") + number.to_bytes(8, "little"))
    packed = _aes_cbc(digest.digest(), start, content + bytes(-len(content) % 16))
    return seven_zip(entries, method=b"\6\xf1\7\1", properties=b"\x46\x0f" + start, packed=packed)


def locked_odf(document: bytes, password: str) -> bytes:
    """An OpenDocument file with its content locked, as LibreOffice does it."""
    salt, start = bytes(range(16)), bytes(range(16, 32))
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    content = members["content.xml"]
    assert isinstance(content, bytes)
    packing = zlib.compressobj(wbits=-15)
    packed = packing.compress(content) + packing.flush()
    fill = 16 - len(packed) % 16
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha256(password.encode()).digest(), salt, 1000, 32)
    members["content.xml"] = _aes_cbc(key, start, packed + bytes(fill - 1) + bytes((fill,)))
    members["META-INF/manifest.xml"] = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="content.xml" m:media-type="text/xml" m:size="{len(content)}"><m:encryption-data>'
        '<m:algorithm m:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc"'
        f' m:initialisation-vector="{base64.b64encode(start).decode()}"/>'
        '<m:key-derivation m:key-derivation-name="PBKDF2" m:key-size="32" m:iteration-count="1000"'
        f' m:salt="{base64.b64encode(salt).decode()}"/>'
        '<m:start-key-generation m:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256"/>'
        "</m:encryption-data></m:file-entry></m:manifest>"
    )
    return package(members)


def wholly_locked_odf(document: bytes, password: str, *, memory_kib: int = 512) -> bytes:
    """An OpenDocument file that is locked as a whole, as LibreOffice does it from 24.2 on, with less memory."""
    salt, start = bytes(range(16)), bytes(range(16, 28))
    packing = zlib.compressobj(wbits=-15)
    packed = packing.compress(document) + packing.flush()
    key = hash_secret_raw(hashlib.sha256(password.encode()).digest(), salt, 3, memory_kib, 4, 32, Type.ID)
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        kind = archive.read("mimetype").decode()
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" m:version="1.4"'
        ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0">'
        f'<m:file-entry m:full-path="encrypted-package" m:media-type="{kind}" m:size="{len(document)}">'
        '<m:encryption-data><m:algorithm m:algorithm-name="http://www.w3.org/2009/xmlenc11#aes256-gcm"'
        f' m:initialisation-vector="{base64.b64encode(start).decode()}"/>'
        '<m:start-key-generation m:start-key-generation-name="http://www.w3.org/2001/04/xmlenc#sha256" m:key-size="32"'
        "/><m:key-derivation m:key-derivation-name="
        '"urn:org:documentfoundation:names:experimental:office:manifest:argon2id"'
        f' m:key-size="32" m:salt="{base64.b64encode(salt).decode()}"'
        f' loext:argon2-iterations="3" loext:argon2-memory="{memory_kib}" loext:argon2-lanes="4"/>'
        "</m:encryption-data></m:file-entry></m:manifest>"
    )
    sealed = start + AESGCM(key).encrypt(start, packed, None)
    return package({"mimetype": kind, "encrypted-package": sealed, "META-INF/manifest.xml": manifest})


def _aes_cbc(key: bytes, start: bytes, content: bytes) -> bytes:
    return bytes(Cipher(algorithms.AES(key), modes.CBC(start)).encryptor().update(content))


def bomb() -> bytes:
    """A Word document whose body unpacks to more than any document is."""
    buffer = io.BytesIO(docx("小文件"))
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            if name != "word/document.xml":
                target.writestr(name, source.read(name))
        head, tail = word_body("\0").split("\0")
        # In pieces, because parsers refuse one giant text by themselves.
        piece = b"<w:p>" + b" " * ((1 << 20) - 11) + b"</w:p>"
        with target.open("word/document.xml", "w", force_zip64=True) as stream:
            stream.write(head.encode())
            for _ in range(BOMB_BYTES >> 20):
                stream.write(piece)
            stream.write(tail.encode())
    return out.getvalue()


def entity_bomb() -> str:
    """XML that unfolds to billions of characters for whoever expands its entities."""
    layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    return f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "炸弹">{layers}]><r>前面&e10;后面</r>'


def entity_theft(path: str) -> str:
    """XML that asks its reader to put a file of the machine into the text."""
    return f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY s SYSTEM "file://{path}">]><r>前面&s;后面</r>'


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (the container of old Office files) with these streams at its top."""
    sector = 512
    names = list(streams)
    # Everything at least one mini-stream cut-off long, so that no mini stream is needed.
    contents = [streams[name].ljust(4096, b"\0") for name in names]
    counts = [-(-len(content) // sector) for content in contents]
    directory_sectors = -(-(len(names) + 1) // 4)
    starts: list[int] = []
    table: list[int] = [0xFFFFFFFD]
    table += [*range(2, directory_sectors + 1), 0xFFFFFFFE]
    for count in counts:
        starts.append(len(table))
        table += [*range(len(table) + 1, len(table) + count), 0xFFFFFFFE]

    def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
        encoded = name.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<III", 0xFFFFFFFF, right, child)
        return (
            encoded.ljust(64, b"\0")
            + struct.pack("<HBB", len(encoded), kind, 1)
            + links
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 0xFFFFFFFF, 1 if names else 0xFFFFFFFF, 0xFFFFFFFE, 0)
    for at, name in enumerate(names):
        right = at + 2 if at + 1 < len(names) else 0xFFFFFFFF
        directory += entry(name, 2, right, 0xFFFFFFFF, starts[at], max(len(streams[name]), 4096))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    body = struct.pack(f"<{len(table)}I", *table).ljust(sector, b"\xff") + directory.ljust(
        directory_sectors * sector, b"\0"
    )
    return (
        head
        + body
        + b"".join(content.ljust(count * sector, b"\0") for content, count in zip(contents, counts, strict=True))
    )


def packed_object(name: str, origin: str, content: bytes) -> bytes:
    """An embedded object as Office stores a file dropped into a document."""
    encoded = (name.encode("gb18030") + b"\0", origin.encode("gb18030") + b"\0")
    raw = b"\2\0" + b"".join(encoded) + b"\0\0\3\0" + struct.pack("<I", len(encoded[1])) + encoded[1]
    raw += struct.pack("<I", len(content)) + content
    return compound({"\x01Ole10Native": struct.pack("<I", len(raw)) + raw})


def damaged(original: bytes, seed: int) -> bytes:
    """The file cut off somewhere, or with some of its bytes changed, or both; the same for the same seed."""
    dice = random.Random(seed)
    data = bytearray(original)
    if dice.random() < 0.5:
        del data[dice.randrange(1, len(data)) :]
    if dice.random() < 0.7:
        for _ in range(dice.randrange(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)
