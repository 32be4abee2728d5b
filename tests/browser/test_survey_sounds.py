"""A sound in a question is played by the browser's own controls, also from its middle, and is said in words."""

from __future__ import annotations

import io
import wave

import pytest

from engage.accounts.actors import SYSTEM
from surveys import actions
from tests.browser.looking import look, settle
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import both, definition, options, page, question
from tests.surveys.studio.test_pictures import drawn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEEK = """async (sound) => {
  const told = (name) => new Promise((done, failed) => {
    sound.addEventListener(name, done, {once: true}); sound.addEventListener('error', failed, {once: true});
  });
  const ready = told('loadedmetadata'); sound.load(); sound.preload = 'auto'; await ready;
  const there = told('seeked'); sound.currentTime = 20; await there;
  return [Math.round(sound.duration), Math.round(sound.currentTime)];
}"""


def a_sound(seconds: int) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16_000 * seconds))
    return target.getvalue()


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 320), ("en-GB", 1280)])
def test_a_sound_is_heard_from_its_middle_and_read(live_server, open_page, language, width):
    sound = actions.add_picture(io.BytesIO(a_sound(30)), "bell.wav", kinds=("audio",), actor=SYSTEM)
    pond = actions.add_picture(io.BytesIO(drawn("blue")), "pond.png", actor=SYSTEM)
    said = {"alt": both("钟声", "The bell"), "transcript": both("钟响了两下。", "It rings twice.")}
    heard = [{"kind": "audio", "source": {"zh-hans": sound.name}, **said}]
    seen = [{"kind": "image", "source": {"zh-hans": pond.name}, "alt": both("池塘", "The pond")}]
    columns = options("good", "bad", good={"media": seen})
    version = published(
        definition(
            page(
                "first",
                question("bell", "single", media=heard, options=options("a", "b", b={"media": heard})),
                question("bare", "single", options=[{"value": "p", "media": seen}]),
                question("table", "matrix", options=columns, rows=options("lawn", lawn={"media": heard})),
            ),
            title=both("公园", "Parks"),
        )
    )
    actions.settle_pictures(version)
    prefix = "zh" if language == "zh-CN" else "en"
    reader = open_page(f"{live_server.url}/{prefix}/surveys/parks/", language=language, width=width)
    with reader.expect_navigation():
        reader.locator("main form .btn-go").first.click()
    settle(reader)
    assert reader.locator("audio").first.evaluate(SEEK) == [30, 20]
    reader.locator("summary").first.click()
    assert reader.get_by_text("钟响了两下。" if prefix == "zh" else "It rings twice.").first.is_visible()
    assert reader.get_by_role("radio", name="池塘" if prefix == "zh" else "The pond", exact=True).count() == 1
    assert look(reader) == []
