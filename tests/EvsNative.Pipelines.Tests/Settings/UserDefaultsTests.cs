using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Settings;

/// <summary>Where the user's defaults lie and what may stand in them.</summary>
public sealed class UserDefaultsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_is_in_the_usual_place_or_where_the_variable_says()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal("/home/a/.config/evsnative/config.json", UserDefaults.Place(Given(("HOME", "/home/a"))));
        Assert.Equal("/x/evsnative/config.json", UserDefaults.Place(Given(("HOME", "/home/a"), ("XDG_CONFIG_HOME", "/x"))));
        Assert.Equal("/home/a/.config/evsnative/config.json", UserDefaults.Place(Given(("HOME", "/home/a"), ("XDG_CONFIG_HOME", "x"))));
        Assert.Equal("mine.json", UserDefaults.Place(Given(("HOME", "/home/a"), (UserDefaults.Variable, "mine.json"))));
        Assert.Null(UserDefaults.Place(Given(("HOME", "/home/a"), (UserDefaults.Variable, ""))));
        Assert.Null(UserDefaults.Place(Given()));
    }

    [Fact]
    public void Its_settings_are_read_and_known_by_its_name()
    {
        var choices = Read("""{ "strength": 0.3, "preset": "flicker" }""");
        Assert.Equal(0.3, choices!.Get(MethodSettings.Strength));
        Assert.Equal($"{_folder["config.json"]}: strength", choices.Spelled(MethodSettings.Strength));
    }

    [Theory]
    [InlineData("""{ "strenght": 0.3 }""", "strength")]
    [InlineData("""{ "strength": "0,3" }""", "0.3")]
    [InlineData("""{ "strength": 3 }""", "0 to 1")]
    [InlineData("""{ "output": "x.mp4" }""", "output is of one clip")]
    [InlineData("""{ "clip": "x.mp4" }""", "clip is of one clip")]
    [InlineData("""[ 1 ]""", "JSON object")]
    [InlineData("""{ "strength": """, "not valid JSON")]
    public void What_makes_no_sense_is_told_with_the_file(string text, string part)
    {
        var error = Assert.Throws<InputException>(() => Read(text));
        Assert.Contains(_folder["config.json"], error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_none_unless_it_was_named()
    {
        Assert.Null(UserDefaults.Read(Given(("HOME", _folder.Path))));
        Assert.Throws<InputException>(() => UserDefaults.Read(Given((UserDefaults.Variable, _folder["none.json"]))));
    }

    private Choices? Read(string text)
    {
        File.WriteAllText(_folder["config.json"], text);
        return UserDefaults.Read(Given((UserDefaults.Variable, _folder["config.json"])));
    }

    private static Func<string, string?> Given(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
