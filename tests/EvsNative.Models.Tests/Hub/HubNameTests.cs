namespace EvsNative.Models.Tests.Hub;

public sealed class HubNameTests
{
    [Theory]
    [InlineData("emilianJR/epiCRealism", "emilianJR/epiCRealism", null, null)]
    [InlineData("stable-diffusion-v1-5/stable-diffusion-v1-5", "stable-diffusion-v1-5/stable-diffusion-v1-5", null, null)]
    [InlineData("a/b/", "a/b", null, null)]
    [InlineData("a/b/c.safetensors", "a/b", null, "c.safetensors")]
    [InlineData("a/b/c d/e (1).ckpt", "a/b", null, "c d/e (1).ckpt")]
    [InlineData("a/b@fp16", "a/b", "fp16", null)]
    [InlineData("a/b@fp16/unet/config.json", "a/b", "fp16", "unet/config.json")]
    [InlineData("a/b@refs/pr/3", "a/b", "refs/pr/3", null)]
    [InlineData("a/b@refs/pr/3/c.bin", "a/b", "refs/pr/3", "c.bin")]
    [InlineData("https://huggingface.co/a/b", "a/b", null, null)]
    [InlineData("https://huggingface.co/a/b/tree/main", "a/b", "main", null)]
    [InlineData("https://huggingface.co/a/b/tree/main/unet", "a/b", "main", "unet")]
    [InlineData("https://hf.co/a/b/blob/v1/c.ckpt", "a/b", "v1", "c.ckpt")]
    [InlineData("https://huggingface.co/a/b/resolve/refs%2Fpr%2F3/c.ckpt?download=true", "a/b", "refs/pr/3", "c.ckpt")]
    [InlineData("https://hub.example/hub/a/b/resolve/main/c%20d.ckpt", "a/b", "main", "c d.ckpt")]
    public void Names_and_addresses_are_understood(string text, string repository, string? revision, string? file)
    {
        var name = HubName.TryParse(text, "https://hub.example/hub");
        Assert.NotNull(name);
        Assert.Equal((repository, revision, file), (name.Repository, name.Revision, name.File));
        Assert.Equal(name, HubName.TryParse($"{name}"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("/a/b")]
    [InlineData("./a")]
    [InlineData("../a")]
    [InlineData("a//b")]
    [InlineData("a/..")]
    [InlineData("a/b/../c")]
    [InlineData("a/b//c")]
    [InlineData("a/b--c")]
    [InlineData("a/b..c")]
    [InlineData("a/b.git")]
    [InlineData("a/-b")]
    [InlineData("a b/c")]
    [InlineData("a/b@")]
    [InlineData("a/b@../c")]
    [InlineData("a/b@-x")]
    [InlineData("a\\b")]
    [InlineData("a/b\\c")]
    [InlineData("a/b/c\0d")]
    [InlineData("C:/a")]
    [InlineData("https://civitai.com/models/1/x")]
    [InlineData("~/a")]
    public void What_is_no_name_is_a_path(string text) => Assert.Null(HubName.TryParse(text));
}
