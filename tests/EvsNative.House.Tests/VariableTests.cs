using System.Text.RegularExpressions;

namespace EvsNative.House.Tests;

public sealed partial class VariableTests
{
    private const string Page = "docs/devices.md";

    [Fact]
    public void Every_variable_of_the_environment_is_on_its_page()
    {
        string page = SourceTree.Read(Page);
        var used = SourceTree.Files("src").SelectMany(path => Variable().Matches(SourceTree.Read(path))).Select(match => match.Value);
        string[] names = [.. used.Distinct()];
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}", page, StringComparison.Ordinal));
    }

    [GeneratedRegex("EVSNATIVE_[A-Z]+")]
    private static partial Regex Variable();
}
