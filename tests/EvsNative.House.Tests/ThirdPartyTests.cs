using System.Xml.Linq;
using EvsNative.Testing;

namespace EvsNative.House.Tests;

public sealed class ThirdPartyTests
{
    [Fact]
    public void Every_package_that_is_used_is_named()
    {
        string page = SourceTree.Read("THIRD-PARTY.md");
        string[] used =
        [
            .. SourceTree.Files("src", "*.csproj")
                .SelectMany(path => XDocument.Load(Repository.File(path)).Descendants("PackageReference"))
                .Select(package => package.Attribute("Include")!.Value)
                .Distinct(),
        ];
        Assert.NotEmpty(used);
        Assert.All(used, package => Assert.Contains(package, page, StringComparison.Ordinal));
    }
}
