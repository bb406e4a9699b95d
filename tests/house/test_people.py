def test_the_office_has_its_roles_and_an_authenticator(dana, axel, alice):
    assert set(dana.groups.values_list("name", flat=True)) == {"Data protection officers", "Privacy handlers"}
