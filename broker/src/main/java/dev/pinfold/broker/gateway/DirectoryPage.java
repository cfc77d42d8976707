package dev.pinfold.broker.gateway;

import dev.pinfold.content.Cid;
import dev.pinfold.content.unixfs.DirectoryEntry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/** The page that lists a directory: one table, readable without styles, on a phone and by ear; no scripts. */
final class DirectoryPage {
    private static final String STYLE = """
            :root{color-scheme:light dark;--line:#d9dee3;--soft:#5b6670;--link:#0b5cad;--back:#fff;--text:#1c2329}
            @media(prefers-color-scheme:dark){:root{--line:#39424a;--soft:#a3aeb8;--link:#7ab8ff;--back:#14191d;--text:#e6eaed}}
            *{box-sizing:border-box}
            body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
            main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem}
            h1{font-size:1.25rem;font-weight:600;margin:0 0 .25rem;overflow-wrap:anywhere}
            nav,.note{color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
            nav{margin-bottom:1.25rem}
            a{color:var(--link);text-decoration:none}
            a:hover,a:focus-visible{text-decoration:underline}
            table{width:100%;border-collapse:collapse;table-layout:fixed}
            caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
            th,td{padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:baseline}
            thead th{color:var(--soft);font-size:.85rem;font-weight:600}
            tbody th{font-weight:400;overflow-wrap:anywhere}
            .size{width:7rem;text-align:right;padding-right:0;font-variant-numeric:tabular-nums;white-space:nowrap;color:var(--soft)}
            .cid{width:14rem;font-family:ui-monospace,monospace;font-size:.85rem;white-space:nowrap}
            .ipfs-hash{color:var(--soft)}
            @media(max-width:40rem){.cid{display:none}.size{width:5.5rem}}
            """;

    /** Changes when the page would look different for the same directory. */
    static final String VERSION = version();

    private final GatewayRequest request;
    private final Cid directory;
    private final List<DirectoryEntry> entries;

    DirectoryPage(GatewayRequest request, Cid directory, List<DirectoryEntry> entries) {
        this.request = request;
        this.directory = directory;
        this.entries = entries;
    }

    private static String version() {
        CRC32 crc = new CRC32();
        crc.update((STYLE + "1").getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    String html() {
        StringBuilder out = new StringBuilder(4096 + entries.size() * 512);
        String title = Names.html("Index of /ipfs/" + request.root() + suffix());
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>")
                .append(title)
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<main>\n<h1>Index of ")
                .append(Names.html(heading()))
                .append("</h1>\n");
        breadcrumbs(out);
        out.append("<table>\n<caption>Entries of this directory</caption>\n<thead><tr><th scope=\"col\">Name</th>")
                .append(
                        "<th scope=\"col\" class=\"cid\">CID</th><th scope=\"col\" class=\"size\">Size</th></tr></thead>\n<tbody>\n");
        if (!request.segments().isEmpty()) {
            out.append("<tr><th scope=\"row\"><a href=\"")
                    .append(href(request.segments().size()))
                    .append("/..\">..</a></th><td class=\"cid\"></td><td class=\"size\"></td></tr>\n");
        }
        entries.forEach(entry -> row(out, entry));
        out.append("</tbody>\n</table>\n<p class=\"note\">")
                .append(entries.size() == 1 ? "1 entry" : entries.size() + " entries")
                .append("; sizes are those that the directory states. CID of this directory: ")
                .append("<span translate=\"no\">")
                .append(directory)
                .append("</span></p>\n</main>\n</body>\n</html>\n");
        return out.toString();
    }

    private String suffix() {
        return request.segments().isEmpty() ? "" : "/" + request.path();
    }

    private String heading() {
        return request.segments().isEmpty()
                ? shortened(request.root())
                : request.segments().getLast();
    }

    private void breadcrumbs(StringBuilder out) {
        out.append("<nav aria-label=\"Path\" translate=\"no\">/ipfs/<a href=\"")
                .append(href(0))
                .append("\">")
                .append(request.root())
                .append("</a>");
        for (int i = 0; i < request.segments().size(); i++) {
            out.append("/<a href=\"")
                    .append(href(i + 1))
                    .append("\">")
                    .append(Names.html(request.segments().get(i)))
                    .append("</a>");
        }
        out.append("</nav>\n");
    }

    private void row(StringBuilder out, DirectoryEntry entry) {
        out.append("<tr><th scope=\"row\"><a href=\"")
                .append(href(request.segments().size()))
                .append('/')
                .append(Names.html(Names.segment(entry.name())))
                .append("\">")
                .append(Names.html(entry.name()))
                .append("</a></th><td class=\"cid\"><a class=\"ipfs-hash\" translate=\"no\" href=\"/ipfs/")
                .append(entry.cid())
                .append("?filename=")
                .append(Names.value(entry.name()))
                .append("\">")
                .append(shortened(entry.cid()))
                .append("</a></td><td class=\"size\">")
                .append(size(entry.dagSize()))
                .append("</td></tr>\n");
    }

    /** The address of the root, or of what its first segments name. */
    private String href(int segments) {
        StringBuilder href = new StringBuilder("/ipfs/").append(request.root());
        request.segments()
                .subList(0, segments)
                .forEach(name -> href.append('/').append(Names.html(Names.segment(name))));
        return href.toString();
    }

    private static String shortened(Cid cid) {
        String text = cid.toString();
        return text.length() <= 16 ? text : text.substring(0, 8) + "…" + text.substring(text.length() - 6);
    }

    /** A size as people read it; empty when it is not stated. */
    private static String size(long bytes) {
        if (bytes < 0) {
            return "";
        }
        if (bytes < 1024) {
            return bytes + " B";
        }
        String[] units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        return String.format(Locale.ROOT, "%.1f %s", bytes / Math.pow(1024, unit), units[unit - 1]);
    }
}
