/* What must not be itself in XML and in workflow commands. */
#include "findings.h"
#include "check.h"
#include <string.h>

static bool xml(const char *text, const char *want) {
    struct buf out BUF_CLEANUP = {0};
    junit_escape(&out, text);
    return strcmp(want, buf_text(&out)) == 0;
}

static bool command(const char *text, bool property, const char *want) {
    struct buf out BUF_CLEANUP = {0};
    github_escape(&out, text, property);
    return strcmp(want, buf_text(&out)) == 0;
}

int main(void) {
    CHECK(xml("", ""));
    CHECK(xml("plain é €", "plain é €"));
    CHECK(xml("<a b=\"c\" d='e'>&amp;]]>", "&#60;a b=&#34;c&#34; d=&#39;e&#39;&#62;&#38;amp;]]&#62;"));
    CHECK(xml("\t\n", "&#9;&#10;"));
    CHECK(xml("\x01\x1b\r\x7f", "????"));
    CHECK(xml("\xff\xc3", "??"));
    CHECK(xml("\xed\xa0\x80", "???")); /* a surrogate */
    CHECK(xml("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd", "??\xef\xbf\xbd"));
    CHECK(command("a:b,c%\r\nd", false, "a:b,c%25%0D%0Ad"));
    CHECK(command("a:b,c%\r\nd", true, "a%3Ab%2Cc%25%0D%0Ad"));
    CHECK(command("%0A::error::", false, "%250A::error::"));
    return check_done();
}
