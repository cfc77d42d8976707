package dev.pinfold.conformance.report;

import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Severity;
import dev.pinfold.conformance.rule.Verdict;
import java.io.StringWriter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A report as JUnit XML. Only a broken MUST is a failure there; the others are written to system-out. */
public final class JunitXml {
    private JunitXml() {}

    public static String write(Report report) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            suite(report, xml);
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException("writing to memory", impossible);
        }
        return text.toString();
    }

    private static void suite(Report report, XMLStreamWriter xml) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", "conformance of " + clean(report.endpoint()));
        xml.writeAttribute("timestamp", report.started().toString());
        xml.writeAttribute("time", seconds(report.took().toMillis()));
        xml.writeAttribute("tests", String.valueOf(report.results().size() + (report.finished() ? 0 : 1)));
        xml.writeAttribute("failures", String.valueOf(report.count(Severity.MUST, Verdict.FAIL)));
        xml.writeAttribute("errors", report.finished() ? "0" : "1");
        xml.writeAttribute("skipped", String.valueOf(report.count(r -> r.verdict() == Verdict.SKIP)));
        for (CheckResult result : report.results()) {
            testCase(result, xml);
        }
        if (!report.finished()) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", "run");
            xml.writeAttribute("name", "the run finishes");
            xml.writeStartElement("error");
            xml.writeAttribute("message", clean(report.reason()));
            xml.writeEndElement();
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void testCase(CheckResult result, XMLStreamWriter xml) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute(
                "classname",
                result.check().level().name() + "." + result.check().severity());
        xml.writeAttribute("name", result.check().id());
        xml.writeAttribute("time", seconds(result.took().toMillis()));
        switch (result.verdict()) {
            case SKIP -> {
                xml.writeStartElement("skipped");
                xml.writeAttribute("message", clean(result.reason()));
                xml.writeEndElement();
            }
            case FAIL -> {
                boolean must = result.check().severity() == Severity.MUST;
                xml.writeStartElement(must ? "failure" : "system-out");
                if (must) {
                    xml.writeAttribute("message", clean(CheckText.firstFinding(result)));
                }
                xml.writeCharacters(clean(CheckText.details(result)));
                xml.writeEndElement();
            }
            case PASS -> {}
        }
        xml.writeEndElement();
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.3f", millis / 1000.0);
    }

    /** XML 1.0 has no place for most control characters and for halves of surrogate pairs. */
    private static String clean(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .forEach(c -> out.appendCodePoint(
                        c == '\n' || (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000
                                ? c
                                : '\ufffd'));
        return out.toString();
    }
}
