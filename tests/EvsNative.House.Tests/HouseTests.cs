namespace EvsNative.House.Tests;

public sealed class HouseTests
{
    private const string Plan = "tests/EvsNative.House.Tests/house.txt";
    private static readonly SourceFile[] Sources = [.. SourceTree.Files("src").Select(path => new SourceFile(path, SourceTree.Read(path)))];
    private static readonly House Ours = new(SourceTree.Read(Plan).Split('\n'));

    [Fact]
    public void Folders_use_only_what_stands_in_their_line()
    {
        var forbidden = Ours.Forbidden(Arrows.Between(Sources)).ToList();
        Assert.True(forbidden.Count == 0, $"not in {Plan}:\n{string.Join('\n', forbidden)}");
    }

    [Fact]
    public void Every_word_of_the_plan_is_true()
    {
        var outdated = Ours.Outdated(Sources, Arrows.Between(Sources)).ToList();
        Assert.True(outdated.Count == 0, $"{Plan}:\n{string.Join('\n', outdated)}");
    }

    [Fact]
    public void Kernels_of_processors_and_of_GPUs_do_not_know_each_other()
    {
        string[] gpu = ["Gpu", "Portable", "Compile", "Ptx", "Cuda", "OpenCL"];
        var mixed = from row in Ours.Rows
                    from use in row.Value
                    where (Has(row.Key, "Cpu") && gpu.Any(word => Has(use, word)))
                        || (gpu.Any(word => Has(row.Key, word)) && Has(use, "Cpu"))
                    select $"{row.Key}: {use}";
        Assert.Empty(mixed);

        static bool Has(string folder, string word) => folder.Split('/').Contains(word);
    }

    [Fact]
    public void A_forbidden_use_is_found_in_code_and_not_in_words_about_it()
    {
        SourceFile[] files =
        [
            new("src/EvsNative.Kernels/Devices/Roof.cs", """
                namespace N.Devices;
                public sealed class Roof { public static int Height => 3; }
                public enum Side { Left, Floor }
                class Wall;
                """),
            new("src/EvsNative.Kernels/Gemm/Cpu/Floor.cs", "namespace N.Gemm;\ninternal sealed class Floor { }"),
            new("src/EvsNative.Kernels/Gemm/Cpu/Tile.cs", """"
                using N.Devices;

                namespace N.Gemm;

                /// <summary>Stands under the <see cref="Roof"/>.</summary>
                internal sealed class Tile
                {
                    // Roof
                    private const string Word = "Roof", Raw = """{Roof}""", Path = @"\Roof""Roof";
                    private Side Roofs(Tile tile) => (Side)'R';
                    private string Told() => $"{{Roof}} {"Roof"} {Roof.Height:F2}";
                    private N.Devices.Wall? Whole(Floor floor) => null;
                }
                """"),
        ];
        string[] wanted =
        [
            "src/EvsNative.Kernels/Gemm/Cpu/Tile.cs:10: Kernels/Gemm/Cpu uses Side of Kernels/Devices",
            "src/EvsNative.Kernels/Gemm/Cpu/Tile.cs:11: Kernels/Gemm/Cpu uses Roof of Kernels/Devices",
            "src/EvsNative.Kernels/Gemm/Cpu/Tile.cs:12: Kernels/Gemm/Cpu uses Wall of Kernels/Devices",
        ];
        var arrows = Arrows.Between(files);
        Assert.Equal(wanted, new House(["Kernels/Gemm/Cpu:", "Kernels/Devices:"]).Forbidden(arrows));
        Assert.Empty(new House(["Kernels/Devices:", "Kernels/Gemm/Cpu: Kernels/Devices"]).Forbidden(arrows));
    }

    [Fact]
    public void A_plan_that_is_not_true_is_found()
    {
        SourceFile[] files =
        [
            new("src/EvsNative.A/Low/One.cs", "namespace A;\nclass One;"),
            new("src/EvsNative.A/High/Two.cs", "namespace A;\nclass Two : One;"),
        ];
        var arrows = Arrows.Between(files);
        Assert.Empty(new House(["A/Low:", "A/High: A/Low"]).Outdated(files, arrows));
        Assert.Equal(
            ["A/High: stands in no line", "A/Gone: there is no such folder", "A/Low: A/Gone is not used any more"],
            new House(["A/Gone:", "A/Low: A/Gone"]).Outdated(files, arrows));
        Assert.Equal("A/Low: A/High does not stand above it",
            Assert.Throws<FormatException>(() => new House(["A/Low: A/High", "A/High: A/Low"])).Message);
        Assert.Equal("A/Low stands twice", Assert.Throws<FormatException>(() => new House(["A/Low:", "A/Low:"])).Message);
    }
}
