using EvsNative.Testing;

namespace EvsNative.House.Tests;

/// <summary>Every link, picture and named file of every page leads to something. Addresses of the web are not fetched.</summary>
public sealed class LinkTests
{
    private static readonly Dictionary<string, MarkdownPage> Pages = SourceTree.Files("", "*.md")
        .ToDictionary(path => path, path => new MarkdownPage(path, SourceTree.Read(path)));

    [Fact]
    public void Every_link_leads_somewhere()
    {
        string[] broken = [.. Pages.Values.SelectMany(page => page.Broken(Exists, Pages))];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [Fact]
    public void Links_are_looked_at()
    {
        Assert.Contains("README.md", Pages.Keys);
        Assert.Contains("docs/ARCHITECTURE.md", Pages.Keys);
        Assert.True(Pages["README.md"].Targets.Count > 10, "the README has links");
        Assert.True(Pages["docs/reading-order.md"].Files.Count > 5, "the reading order names files");
    }

    [Fact]
    public void A_link_to_nothing_is_found()
    {
        var page = new MarkdownPage("docs/page.md", """
            # One page
            ## Twice
            ## Twice
            [here](#one-page), [again](#twice-1), [up](../README.md#try-it), ![picture](pictures/a.png), [web](https://example.org/a?b)
            [gone](gone.md) [nowhere](#thrice) [plain](http://example.org) [out](../../etc/passwd) [odd](../README.md#one-page)
            [ref]: also-gone.md
            <img src="no.png">
            `[code](code.md)`, `src/There.cs`, `src/Gone.cs`, `src/<family>/XCall.cs`, `src/Language/XCall.cs`
            ```
            [fenced](fenced.md)
            ```
            """);
        var readme = new MarkdownPage("README.md", "# EvsNative\n## Try it!\n");
        var pages = new[] { page, readme }.ToDictionary(each => each.Path);
        string[] there = ["docs/page.md", "README.md", "docs/pictures/a.png", "src/There.cs"];
        Assert.Equal(
            [
                "docs/page.md:5: gone.md: leads to nothing",
                "docs/page.md:5: #thrice: there is no such heading",
                "docs/page.md:5: http://example.org: no address that begins with https://",
                "docs/page.md:5: ../../etc/passwd: leads out of the repository",
                "docs/page.md:5: ../README.md#one-page: there is no such heading",
                "docs/page.md:6: also-gone.md: leads to nothing",
                "docs/page.md:7: no.png: leads to nothing",
                "docs/page.md: there is no src/Gone.cs",
            ],
            page.Broken(there.Contains, pages));
    }

    private static bool Exists(string path) => Path.Exists(Repository.File(path));
}
