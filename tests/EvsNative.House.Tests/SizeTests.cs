namespace EvsNative.House.Tests;

public sealed class SizeTests
{
    private const int MostLines = 400, MostColumns = 140;
    private static readonly string[] Folders = ["src", "tests", "bench"];

    [Fact]
    public void No_file_is_longer_than_a_concept()
    {
        var tooLong = from path in Folders.SelectMany(SourceTree.Files)
                      let lines = SourceTree.Read(path).Count(c => c == '\n')
                      where lines > MostLines
                      select $"{path}: {lines} lines";
        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_line_is_longer_than_a_page_is_wide()
    {
        var wide = from path in Folders.SelectMany(SourceTree.Files)
                   from line in SourceTree.Read(path).Split('\n').Index()
                   where line.Item.Length > MostColumns
                   select $"{path}:{line.Index + 1}: {line.Item.Length} columns";
        Assert.True(!wide.Any(), string.Join('\n', wide));
    }
}
